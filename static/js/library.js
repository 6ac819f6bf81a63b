// The evidence library: one tick for all files of the page, and how many are ticked. The page works without it.
"use strict";
(() => {
  document.querySelectorAll("input[data-check-all]").forEach((all) => {
    const form = all.closest("form");
    const boxes = () => [...form.querySelectorAll(`input[name="${all.dataset.checkAll}"]`)];
    const told = form.querySelector(`[data-ticked="${all.dataset.checkAll}"]`);
    const tell = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
      if (told) told.textContent = ticked ? `${ticked} ${told.dataset.words}` : "";
    };
    all.hidden = false;
    all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); tell(); });
    form.addEventListener("change", (event) => { if (event.target !== all) tell(); });
    tell();
  });
})();
