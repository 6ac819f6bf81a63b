// Lists: one box ticks the page, and the number of ticked rows and of chosen values is said. They work without this file.
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
    const pick = event.target.closest("details.pick");
    if (pick) {
      const place = pick.querySelector("[data-some]");
      const chosen = pick.querySelectorAll("input:checked").length;
      place.textContent = chosen ? place.dataset.some.replace("{n}", String(chosen)) : place.dataset.none;
    }
    const form = event.target.closest("form[data-ticks]");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) boxes(form).forEach((box) => { box.checked = event.target.checked; });
    tell(form);
  });
})();
