// Keeps a page up to date: fetches it again and swaps the parts that have changed. Without this script
// the page reloads itself as a whole.
"use strict";

const main = document.querySelector("main[data-every]");
const stale = document.getElementById("stale");
// A page that takes long to make is asked for less often.
const REST = 20;

// Whether a person is at work in a part: it is left alone until they are done.
function inUse(part) {
  const focused = document.activeElement;
  const selection = getSelection();
  return (
    (part.contains(focused) && !focused.id) ||
    (!selection.isCollapsed && selection.containsNode(part, true))
  );
}

function swap(fresh) {
  for (const part of main.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || inUse(part)) continue;
    for (const one of part.querySelectorAll("details[id]")) {
      fresh.getElementById(one.id)?.toggleAttribute("open", one.open);
    }
    part.className = next.className;
    part.hidden = next.hidden;
    if (part.innerHTML === next.innerHTML) continue;
    const focused = part.contains(document.activeElement) && document.activeElement.id;
    part.replaceChildren(...next.childNodes);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

async function update() {
  const began = performance.now();
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  later(REST * (performance.now() - began));
}

function later(atLeast) {
  setTimeout(whenSeen, Math.max(Number(main.dataset.every) * 1000, atLeast));
}

function whenSeen() {
  if (document.hidden) document.addEventListener("visibilitychange", update, { once: true });
  else update();
}

if (main) later(0);
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
