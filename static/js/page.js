// What several scripts need of the page: sentences, the token that guards forms.

export function say(phrase) {
  const words = document.getElementById("phrases")?.content.querySelector(`[data-phrase="${phrase}"]`);
  const place = document.getElementById("messages");
  if (words && place) place.replaceChildren(words.cloneNode(true));
}

export function hush() {
  document.getElementById("messages")?.replaceChildren();
}

// Read at the moment of sending: signing in again in another tab changes it.
export function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

export function isVisible(element) {
  return element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
}
