// While the slider of the matrix is moved, the day that it stands on is said beside it.
(() => {
  "use strict";

  const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const DAY_MS = 86400000;
  const FIRST = 719163; // 1970-01-01 in days since the year 1, as the server counts them

  document.addEventListener("input", (event) => {
    const slider = event.target;
    if (slider.id !== "matrix-day") return;
    const today = slider.value === slider.max;
    const said = today ? "today" : words.format(new Date((Number(slider.value) - FIRST) * DAY_MS));
    slider.form.querySelector("output").textContent = said;
    slider.setAttribute("aria-valuetext", said);
  });
})();
