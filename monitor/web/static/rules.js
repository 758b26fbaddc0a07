// The editor of a rule: sends the draft while it is typed, and draws what comes back, line by line. Without this file
// the page's own buttons do the same.
"use strict";

(() => {
  const form = document.querySelector("form[data-rule]");
  if (!form) return keys();
  const yaml = form.querySelector("#yaml");
  const gutter = form.querySelector("#yaml-lines");
  const formSide = form.querySelector("#form-side");
  const progress = form.querySelector("[data-progress]");
  const bar = form.querySelector("[data-bar]");
  const all = form.querySelector("[data-all]");
  let timer = 0;
  let under = null;

  const field = (name) => form.elements.namedItem(name);
  const busy = (words) => { if (progress) progress.textContent = words; };

  function drawLines(marks) {
    const count = Math.max(1, yaml.value.replace(/\n$/, "").split("\n").length);
    const at = new Map();
    for (const mark of marks || []) if (!at.has(mark.line) || mark.fatal) at.set(mark.line, mark);
    const lines = [];
    for (let number = 1; number <= count; number += 1) {
      const line = document.createElement("li");
      line.id = `line-${number}`;
      const mark = at.get(number);
      if (mark) {
        line.className = mark.fatal ? "is-wrong" : "is-doubtful";
        line.title = mark.message;
      }
      lines.push(line);
    }
    gutter.replaceChildren(...lines);
    yaml.rows = Math.max(count + 2, 12);
  }

  function drawFields(marks) {
    for (const place of form.querySelectorAll("[data-problem]")) {
      const mine = marks.filter((mark) => mark.field === place.dataset.problem);
      place.hidden = mine.length === 0;
      place.textContent = mine.map((mark) => `${mark.message}; ${mark.remedy}.`).join(" ");
      const input = document.getElementById(`f-${place.dataset.problem}`);
      if (input) input.toggleAttribute("aria-invalid", mine.length > 0);
      if (input && mine.length) input.setAttribute("aria-invalid", "true");
    }
    yaml.toggleAttribute("aria-invalid", marks.some((mark) => mark.fatal));
    if (marks.some((mark) => mark.fatal)) yaml.setAttribute("aria-invalid", "true");
  }

  // Whoever is in a field of the form stays in it.
  function drawForm(html) {
    const { id, selectionStart } = formSide.contains(document.activeElement) ? document.activeElement : {};
    formSide.innerHTML = `<legend class="hidden">The rule as a form</legend>${html}`;
    const there = id && document.getElementById(id);
    if (!there) return;
    there.focus({ preventScroll: true });
    if (typeof selectionStart === "number") there.setSelectionRange(selectionStart, selectionStart);
  }

  const draw = {
    draft(told) {
      form.querySelector("#problems").innerHTML = told.problems;
      form.querySelector("#examples").innerHTML = told.examples;
      formSide.disabled = told.unreadable;
      if (told.form !== undefined) drawForm(told.form);
      if (told.text !== undefined) yaml.value = told.text;
      if (told.taken) {
        field("form_was").value = told.form_was;
        field("text_was").value = told.text_was;
      }
      drawLines(told.marks);
      drawFields(told.marks);
      const seen = form.querySelector("#doubts");
      if (seen) seen.remove();
    },
    same() {
      for (const part of ["#matches", "#effects"]) form.querySelector(part).replaceChildren();
      busy("It is as in force: nothing would be gained or lost.");
    },
    matches(told) { show("#matches", told.html); },
    progress(told) {
      busy(told.of ? `${told.what}: ${told.done} of ${told.of}` : `${told.what}: ${told.done}`);
      bar.hidden = false;
      if (told.of) { bar.max = told.of; bar.value = told.done; } else bar.removeAttribute("value");
    },
    effects(told) {
      show("#effects", told.html);
      all.hidden = !form.querySelector("#effects .note");
      busy("");
    },
    error(told) { busy(told.detail); },
  };

  function show(part, html) {
    const there = form.querySelector(part);
    there.innerHTML = html;
    there.classList.remove("is-stale");
  }

  async function send(side, everything) {
    if (under) under.abort();
    const mine = new AbortController();
    under = mine;
    const body = new URLSearchParams(new FormData(form));
    if (side) body.set("take", side);
    if (everything) body.set("all", "1");
    for (const part of form.querySelectorAll(".preview")) part.classList.add("is-stale");
    busy("Looking …");
    let again = false;
    try {
      const answer = await fetch("/desk/rules/draft", { method: "POST", body, signal: mine.signal, headers: { Accept: "application/x-ndjson" } });
      if (!answer.ok || !answer.body) throw new Error(answer.status === 401 || answer.status === 403 ? "You are no longer signed in; open this page again in another tab, sign in, and save there." : `The service answered ${answer.status}.`);
      let rest = "";
      let sound = false;
      const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await lines.read();
        if (done) break;
        const parts = (rest + value).split("\n");
        rest = parts.pop();
        for (const part of parts) {
          const told = JSON.parse(part);
          if (under !== mine) return;
          if (told.event === "busy") again = true;
          else if (draw[told.event]) draw[told.event](told);
          if (told.event !== "draft") sound = true;
        }
      }
      if (!sound) busy(form.dataset.live ? "There is a preview once nothing is wrong with the rule." : "");
    } catch (error) {
      if (error.name === "AbortError") return;
      busy(error.message);
    }
    if (under !== mine) return;
    under = null;
    if (bar) bar.hidden = true;
    if (again) { busy("Other previews are under way; trying again …"); later(side, 1500); }
  }

  function later(side, wait) {
    clearTimeout(timer);
    timer = setTimeout(() => send(side, false), wait);
  }

  // The last row of a list is empty; once something stands in it, another one follows.
  function grow(row) {
    if (row.nextElementSibling || ![...row.querySelectorAll("input:not([type=hidden]), textarea")].some((one) => one.value.trim() && one.value !== "en")) return;
    const next = row.cloneNode(true);
    for (const one of next.querySelectorAll("[id], [name], [for], [data-problem], [aria-describedby]")) {
      for (const name of ["id", "name", "for", "data-problem", "aria-describedby"]) {
        const value = one.getAttribute(name);
        if (value) one.setAttribute(name, value.replace(/\.(\d+)(?=\.|$)/, (_, number) => `.${Number(number) + 1}`));
      }
      if (one.matches("input, textarea")) { one.value = one.name.endsWith(".lang") ? "en" : ""; one.removeAttribute("aria-invalid"); }
      if (one.matches("select")) one.selectedIndex = 0;
      if (one.matches("[data-problem]")) { one.textContent = ""; one.hidden = true; }
    }
    const label = next.getAttribute("aria-label");
    if (label) next.setAttribute("aria-label", label.replace(/\d+$/, (number) => String(Number(number) + 1)));
    row.after(next);
  }

  // An answer to what stood there before would put it back over what is being typed.
  function outdated() {
    if (under) under.abort();
    under = null;
  }

  form.addEventListener("input", (event) => {
    if (event.target === yaml) { outdated(); drawLines([]); later("text", 500); return; }
    if (!formSide.contains(event.target)) return;
    outdated();
    const row = event.target.closest("[data-row]");
    if (row) grow(row);
    later("form", 500);
  });
  form.addEventListener("change", (event) => { if (event.target.name === "days") send("", false); });
  form.addEventListener("submit", () => { clearTimeout(timer); if (under) under.abort(); });
  form.addEventListener("click", (event) => {
    const preview = event.target.closest("button[value=preview]");
    if (preview && form.dataset.live) { event.preventDefault(); send("", false); }
    if (event.target.closest("[data-all]")) send("", true);
    const link = event.target.closest("a[data-line]");
    if (link) { event.preventDefault(); toLine(Number(link.dataset.line), Number(link.dataset.column)); }
  });

  function toLine(line, column) {
    const lines = yaml.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const end = start + (lines[line - 1] || "").length;
    yaml.focus();
    yaml.setSelectionRange(Math.min(start + Math.max(column - 1, 0), end), end);
    const shown = document.getElementById(`line-${line}`);
    if (shown) shown.scrollIntoView({ block: "center" });
  }

  const without = form.querySelector("[data-without-script]");
  if (without) without.hidden = true;

  // Suggestions: j and k go on and back, a accepts, d dismisses, e opens the editor.
  function keys() {
    const each = () => [...document.querySelectorAll("[data-suggestions] [data-suggestion]")];
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
      const known = each();
      const here = known.indexOf(document.activeElement.closest("[data-suggestion]"));
      if (event.key === "j" || event.key === "k") {
        const next = known[Math.min(known.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))];
        if (next) { next.focus(); event.preventDefault(); }
      } else if (here >= 0) {
        const wanted = known[here].querySelector(`[data-key="${CSS.escape(event.key)}"]`);
        if (wanted) { event.preventDefault(); if (wanted.matches("input")) wanted.focus(); else wanted.click(); }
      }
    });
  }
})();
