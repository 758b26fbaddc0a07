// Keeps an open page up to date: listens to /events, fetches the same page again when something on it may have
// changed, and puts in only the parts that differ. Without this script every page works and is reloaded by hand.
(() => {
  "use strict";

  const LEAST_MS = 1500; // between two fetches of the page, however many events come
  const AGAIN_MS = 30000; // until we ask again after the server refused the stream
  const DAY_S = 86400;

  // What the server wrote, before ages are rewritten here: only a difference to this is a change.
  const written = new WeakMap();
  const parts = () => document.querySelectorAll("[data-live]");

  function remember(root) {
    for (const part of root.matches?.("[data-live]") ? [root] : root.querySelectorAll("[data-live]")) {
      written.set(part, part.innerHTML);
      for (const child of part.children) written.set(child, child.outerHTML);
    }
  }

  function ages(root) {
    for (const time of root.querySelectorAll("time[data-age]")) {
      const away = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (!time.title) time.title = time.textContent;
      if (Number.isNaN(away) || Math.abs(away) >= DAY_S) time.textContent = time.title;
      else time.textContent = away >= 0 ? ago(away) : `in ${span(-away)}`;
    }
  }

  const ago = (seconds) => (seconds < 60 ? "just now" : `${span(seconds)} ago`);

  function span(seconds) {
    if (seconds < 60) return "under 1 min";
    return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
  }

  // Children that did not change stay the very nodes they were, so that neither focus nor reading place is lost.
  function replace(part, fresh) {
    const known = new Map();
    for (const child of part.children) if (child.dataset.key) known.set(child.dataset.key, child);
    const scrolled = [...part.querySelectorAll(".scroll")].map((box) => [box.scrollLeft, box.scrollTop]);
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    let news = 0;
    const nodes = [...fresh.childNodes].map((node) => {
      if (node.nodeType !== Node.ELEMENT_NODE) return document.importNode(node, true);
      const old = known.get(node.dataset.key);
      if (old && written.get(old) === node.outerHTML) return old;
      const made = document.importNode(node, true);
      written.set(made, node.outerHTML);
      if (part.dataset.news && made.dataset.key && old?.dataset.version !== (made.dataset.version ?? "")) {
        if (!old || made.dataset.version) {
          made.classList.add("is-new");
          news += 1;
        }
      }
      return made;
    });
    const html = fresh.innerHTML;
    part.replaceChildren(...nodes);
    written.set(part, html);
    for (const name of ["data-live"]) part.setAttribute(name, fresh.getAttribute(name));
    part.querySelectorAll(".scroll").forEach((box, i) => scrolled[i] && box.scrollTo(...scrolled[i]));
    if (focused && !part.contains(focused)) refocus(part, focused);
    ages(part);
    return news;
  }

  function refocus(part, focused) {
    const href = focused.getAttribute("href");
    const twin = href && [...part.querySelectorAll("a")].find((link) => link.getAttribute("href") === href);
    twin?.focus({ preventScroll: true });
  }

  remember(document);
  ages(document);
  setInterval(() => ages(document), 30000);

  const state = document.querySelector("[data-live-state]");
  const words = document.querySelector("[data-live-words]");
  let last = document.body.dataset.lastEvent;
  if (last === undefined || !state || !("EventSource" in window)) return;

  let source = null;
  let timer = null;
  let again = null;
  let fetched = 0;
  let all = false;
  let waiting = new Set();

  function say(mode, text) {
    state.hidden = false;
    state.dataset.liveState = mode;
    if (words.textContent !== text) words.textContent = text;
  }

  const wanted = (part) =>
    all || part.dataset.live.split(" ").some((prefix) => prefix && [...waiting].some((s) => s.startsWith(prefix)));

  function soon() {
    if (timer === null) timer = setTimeout(refresh, Math.max(200, fetched + LEAST_MS - Date.now()));
  }

  async function refresh() {
    fetched = Date.now();
    const stale = [...parts()].filter(wanted);
    waiting = new Set();
    all = false;
    if (stale.length) {
      try {
        const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
        if (answer.ok) show(stale, new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        all = true; // the stream says when the server is back; then everything is asked for
      }
    }
    timer = null;
    if (waiting.size) soon();
  }

  function show(stale, page) {
    let news = 0;
    for (const part of stale) {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.innerHTML !== written.get(part)) news += replace(part, fresh);
    }
    if (news) say("live", news === 1 ? "Live: 1 new" : `Live: ${news} new`);
  }

  function listen() {
    clearTimeout(again);
    source?.close();
    source = new EventSource(`/events?after=${encodeURIComponent(last)}`);
    source.onopen = () => {
      say("live", "Live");
      if (all) soon();
    };
    source.onmessage = (event) => {
      last = event.lastEventId || last;
      waiting.add(JSON.parse(event.data).subject);
      soon();
    };
    source.addEventListener("reset", () => {
      all = true;
      soon();
    });
    source.onerror = () => {
      say("lost", "Reconnecting");
      if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, AGAIN_MS);
    };
  }

  // Browsers allow few connections to one server: pages that nobody looks at give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(again);
      source?.close();
      source = null;
    } else if (source === null) {
      listen();
    }
  });
  window.addEventListener("pagehide", () => source?.close());

  if (!document.hidden) listen();
})();
