// Runs before the first paint: what a script will drive is laid out for it at once, without a flicker.
document.documentElement.classList.add("js");
