// Word diff of two texts. Joined, "same" and "del" parts give the old text, "same" and "ins" parts the new one.

// Beyond this many cells the table of the longest common subsequence is not worth its time: all is changed.
const MOST_CELLS = 4_000_000;

export function words(text, language) {
  return Array.from(new Intl.Segmenter(language, { granularity: "word" }).segment(text), (part) => part.segment);
}

export function diff(before, after, language) {
  const old = words(before, language);
  const now = words(after, language);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]
  ) end += 1;
  const parts = [];
  add(parts, "same", old.slice(0, start));
  changes(parts, old.slice(start, old.length - end), now.slice(start, now.length - end));
  add(parts, "same", old.slice(old.length - end));
  return parts;
}

function add(parts, kind, pieces) {
  const text = pieces.join("");
  if (!text) return;
  const last = parts.at(-1);
  if (last?.kind === kind) last.text += text;
  else parts.push({ kind, text });
}

function changes(parts, old, now) {
  const width = now.length + 1;
  if ((old.length + 1) * width > MOST_CELLS) {
    add(parts, "del", old);
    add(parts, "ins", now);
    return;
  }
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j]
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  let [i, j] = [0, 0];
  const removed = [];
  const added = [];
  const flush = () => {
    add(parts, "del", removed.splice(0));
    add(parts, "ins", added.splice(0));
  };
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      flush();
      add(parts, "same", [old[i]]);
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      removed.push(old[i]);
      i += 1;
    } else {
      added.push(now[j]);
      j += 1;
    }
  }
  flush();
}

const ELEMENT = { del: "del", ins: "ins" };

export function show(node, parts) {
  node.replaceChildren(...parts.map(({ kind, text }) => {
    if (kind === "same") return document.createTextNode(text);
    const element = document.createElement(ELEMENT[kind]);
    element.textContent = text;
    return element;
  }));
}

// Pages that only compare: <bdi data-diff-before="ID OF THE OLD TEXT">new text</bdi>.
export function compareAll(root = document) {
  for (const node of root.querySelectorAll("[data-diff-before]")) {
    const before = document.getElementById(node.dataset.diffBefore);
    if (!before || node.dataset.compared) continue;
    node.dataset.compared = "yes";
    show(node, diff(before.textContent, node.textContent, node.lang || before.lang || "en"));
    node.classList.add("diff");
  }
}
