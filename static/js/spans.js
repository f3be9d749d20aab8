// Marking words of a question: half-open offsets in Unicode code points over the text as stored.

const length = (text) => Array.from(text).length;

function segments(text, language) {
  let at = 0;
  return Array.from(new Intl.Segmenter(language, { granularity: "word" }).segment(text), (part) => {
    const start = at;
    at += length(part.segment);
    return { text: part.segment, start, end: at, isWord: part.isWordLike };
  });
}

function quote(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

class Marker {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector("[data-question]");
    this.input = form.querySelector("[data-spans]");
    this.chips = form.querySelector("[data-chips]");
    this.buttons = [...form.querySelectorAll("[data-mark]")];
    this.start = form.querySelector("[data-mark-words]");
    this.tagOf = Object.fromEntries(this.buttons.map((button) => [button.dataset.spanLabel, button.dataset.mark]));
    const holder = this.box.querySelector(".text");
    this.text = holder.textContent;
    this.marks = JSON.parse(this.input.value || "[]");
    this.chosen = null;
    this.build(holder);
    this.listen();
    this.draw();
  }

  build(holder) {
    this.parts = segments(this.text, holder.lang).map((part) => {
      const node = document.createElement("span");
      node.textContent = part.text;
      return { ...part, node };
    });
    holder.replaceChildren(...this.parts.map((part) => part.node));
    this.words = this.parts.filter((part) => part.isWord);
    this.words.forEach((word, index) => {
      Object.assign(word.node.dataset, { word: index });
      word.node.classList.add("word");
      word.node.setAttribute("role", "option");
      word.node.tabIndex = index === 0 ? 0 : -1;
    });
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-multiselectable", "true");
    this.box.setAttribute("aria-orientation", "horizontal");
    this.rightToLeft = holder.dir === "rtl";
  }

  listen() {
    this.box.addEventListener("click", (event) => {
      const index = event.target.closest("[data-word]")?.dataset.word;
      if (index !== undefined && getSelection().isCollapsed) this.tap(Number(index), event.shiftKey);
    });
    this.box.addEventListener("pointerup", () => setTimeout(() => this.takeSelection()));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.start.addEventListener("click", () => {
      const place = this.words.findIndex((word) => word.node.tabIndex === 0);
      if (place < 0) return;
      this.choose(place, place);
      this.focus(place);
    });
    for (const button of this.buttons) button.addEventListener("click", () => this.mark(button.dataset.mark));
    this.form.addEventListener("change", (event) => {
      if (event.target.name === "tags") this.dropUnchosen();
    });
  }

  // A tap chooses a word, a second tap elsewhere extends to there, a tap on what is chosen lets go.
  tap(index, extend) {
    const { chosen } = this;
    if (chosen && !extend && index >= chosen.from && index <= chosen.to) this.choose(null);
    else if (chosen) this.choose(Math.min(chosen.anchor, index), Math.max(chosen.anchor, index), chosen.anchor);
    else this.choose(index, index);
    this.focus(index);
  }

  takeSelection() {
    const selection = getSelection();
    if (selection.isCollapsed || !this.box.contains(selection.anchorNode)) return;
    const hit = this.words.map((word, index) => (selection.containsNode(word.node, true) ? index : -1))
      .filter((index) => index >= 0);
    if (hit.length) this.choose(hit[0], hit.at(-1));
    selection.removeAllRanges();
  }

  key(event) {
    const here = Number(event.target.dataset.word);
    if (Number.isNaN(here) || event.ctrlKey || event.altKey || event.metaKey) return;
    const forward = this.rightToLeft ? "ArrowLeft" : "ArrowRight";
    const back = this.rightToLeft ? "ArrowRight" : "ArrowLeft";
    const goal = { [forward]: here + 1, [back]: here - 1, Home: 0, End: this.words.length - 1 }[event.key];
    if (goal !== undefined) this.move(here, goal, event.shiftKey);
    else if (event.key === " " || event.key === "Enter") this.tap(here, false);
    else if (event.key === "Delete" || event.key === "Backspace") this.unmarkAt(this.words[here]);
    else if (event.key === "Escape") this.leave(event.target);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(here, goal, extend) {
    if (goal < 0 || goal >= this.words.length) return;
    const anchor = extend ? this.chosen?.anchor ?? here : goal;
    this.choose(Math.min(anchor, goal), Math.max(anchor, goal), anchor);
    this.focus(goal);
  }

  leave(node) {
    this.choose(null);
    node.blur();
  }

  focus(index) {
    this.words.forEach((word, place) => { word.node.tabIndex = place === index ? 0 : -1; });
    this.words[index].node.focus({ preventScroll: true });
  }

  choose(from, to, anchor = from) {
    this.chosen = from === null ? null : { from, to, anchor };
    this.draw();
  }

  // True when there were chosen words to mark: the key then did this, and nothing else.
  mark(tag) {
    if (!this.chosen) return false;
    const label = Object.keys(this.tagOf).find((name) => this.tagOf[name] === tag);
    const start = this.words[this.chosen.from].start;
    const end = this.words[this.chosen.to].end;
    const apart = this.marks.filter((mark) => mark.label !== label || mark.end <= start || mark.start >= end);
    this.marks = [...apart, { start, end, label, quote: quote(this.text, start, end) }]
      .sort((a, b) => a.start - b.start || a.end - b.end);
    const box = this.form.querySelector(`[name="tags"][value="${tag}"]`);
    if (!box.checked) box.click();
    this.choose(null);
    return true;
  }

  unmarkAt(word) {
    this.marks = this.marks.filter((mark) => mark.end <= word.start || mark.start >= word.end);
    this.draw();
  }

  dropUnchosen() {
    const tags = new Set([...this.form.querySelectorAll('[name="tags"]:checked')].map((box) => box.value));
    this.marks = this.marks.filter((mark) => tags.has(this.tagOf[mark.label]));
    this.draw();
  }

  draw() {
    this.input.value = this.marks.length ? JSON.stringify(this.marks) : "";
    const from = this.chosen ? this.words[this.chosen.from].start : -1;
    const to = this.chosen ? this.words[this.chosen.to].end : -1;
    for (const part of this.parts) {
      const over = this.marks.filter((mark) => mark.start <= part.start && part.end <= mark.end);
      const isChosen = part.start >= from && part.end <= to;
      part.node.className = part.isWord ? "word" : "";
      part.node.classList.add(...over.map((mark) => `hit-${this.tagOf[mark.label]}`));
      part.node.classList.toggle("is-chosen", isChosen);
      if (part.isWord) part.node.setAttribute("aria-selected", String(isChosen));
    }
    for (const button of this.buttons) button.disabled = !this.chosen;
    this.start.setAttribute("aria-pressed", String(Boolean(this.chosen)));
    this.drawChips();
  }

  drawChips() {
    this.chips.replaceChildren(...this.marks.map((mark) => {
      const chip = document.createElement("li");
      chip.className = `chip chip--${this.tagOf[mark.label]}`;
      const words = document.createElement("q");
      words.lang = this.box.querySelector(".text").lang;
      words.textContent = mark.quote;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `${this.chips.dataset.removeLabel}: ${mark.quote}`);
      remove.addEventListener("click", () => {
        this.marks = this.marks.filter((other) => other !== mark);
        this.draw();
      });
      chip.append(words, remove);
      return chip;
    }));
  }
}

export function attach(form) {
  return form.querySelector("[data-question] .text") ? new Marker(form) : null;
}
