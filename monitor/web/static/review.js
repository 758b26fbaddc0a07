// Keys for the review desk. A key only presses a button, link or summary that stands on the page and names it in
// data-key; without this script all of them work by hand.
(() => {
  "use strict";

  const SWITCH = "review-keys";
  let acted = false; // one press, one act: the page that comes next has keys of its own

  const writing = (at) =>
    at instanceof Element && at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
  const on = () => {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch {
      return true; // no storage: then they are on
    }
  };

  function closeForm(form) {
    form.open = false;
    form.querySelector("summary")?.focus();
  }

  function press(target) {
    if (target.tagName === "SUMMARY") {
      const box = target.parentElement;
      box.open = !box.open;
      const first = box.open && box.querySelector("input:not([type=hidden]), select, textarea");
      (first || target).focus();
      return;
    }
    acted = true;
    target.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat || event.defaultPrevented) return;
    const form = event.target instanceof Element ? event.target.closest("details[data-form][open]") : null;
    if (event.key === "Escape" && form) {
      closeForm(form);
      event.preventDefault();
      return;
    }
    if (acted || form || writing(event.target) || !on()) return;
    const scope = (event.target instanceof Element && event.target.closest("[data-keys-scope]")) || document;
    const target =
      scope.querySelector(`[data-key="${CSS.escape(event.key)}"]`) || document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target || target.closest("[hidden]")) return;
    event.preventDefault();
    press(target);
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent) event.preventDefault();
    else if (event.target.method === "post") event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    acted = false;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  const toggle = document.querySelector("[data-keys-on]");
  if (toggle) {
    toggle.closest("[data-keys-switch]").hidden = false;
    toggle.checked = on();
    toggle.addEventListener("change", () => {
      try {
        localStorage.setItem(SWITCH, toggle.checked ? "on" : "off");
      } catch {
        toggle.checked = true;
      }
    });
  }

  // Whoever listens hears what was done, and is where the next thing begins.
  const problem = document.querySelector("[role=alert]");
  if (!problem) document.querySelector("[data-focus]")?.focus({ preventScroll: true });
  const said = document.querySelector("[data-said]");
  const words = said?.querySelector("p");
  if (words) {
    const nodes = [...words.childNodes];
    words.replaceChildren();
    setTimeout(() => words.replaceChildren(...nodes), 150); // a region that is there from the beginning is not read out; one that changes is
  }
})();
