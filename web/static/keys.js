// Keyboard shortcuts. Nothing else depends on this file; a reader can switch it
// off at the foot of every page, and then it is not sent at all.
"use strict";
(() => {
  const entries = () => [...document.querySelectorAll("a[data-entry]")];
  let goAhead = false; // "g" was pressed, a letter is to follow

  function move(step) {
    const all = entries();
    if (all.length === 0) return;
    const at = all.findIndex((a) => a === document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    const target = all[Math.min(Math.max(next, 0), all.length - 1)];
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
  }

  function open() {
    const target = document.activeElement;
    if (target && target.matches("a[data-entry]")) location.assign(target.href);
  }

  function search(event) {
    const field = document.querySelector("input[type=search]");
    event.preventDefault();
    if (field) {
      field.focus();
      field.select();
    } else {
      location.assign("/timeline#filters");
    }
  }

  function go(key) {
    const target = document.querySelector(`nav a[data-key="${CSS.escape(key)}"]`);
    if (target) location.assign(target.href);
  }

  function help() {
    location.assign(document.querySelector("a[data-help]").href);
  }

  const actions = { j: () => move(1), k: () => move(-1), o: open, "/": search, "?": help };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (goAhead) {
      goAhead = false;
      go(event.key);
    } else if (event.key === "g") {
      goAhead = true;
      setTimeout(() => { goAhead = false; }, 1500);
    } else if (Object.hasOwn(actions, event.key)) {
      actions[event.key](event);
    }
  });
})();
