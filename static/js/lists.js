// Ticked rows of a list: one box ticks the page, and the number of ticked rows is said. The list works without this file.
"use strict";
(() => {
  const boxes = (form) => [...form.querySelectorAll("input[name=chon]")];
  const tell = (form) => {
    const all = boxes(form);
    const ticked = all.filter((box) => box.checked).length;
    const whole = form.querySelector("input[data-tick-all]");
    if (whole) {
      whole.checked = ticked > 0 && ticked === all.length;
      whole.indeterminate = ticked > 0 && ticked < all.length;
    }
    const place = form.querySelector("[data-ticked]");
    if (place) place.textContent = ticked ? place.dataset.ticked.replace("{n}", String(ticked)) : "";
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-ticks]");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) boxes(form).forEach((box) => { box.checked = event.target.checked; });
    tell(form);
  });
})();
