// Keeps a note that is being written in this tab, so that an expired session or a broken connection loses nothing.
(() => {
  const box = document.querySelector("[data-draft]");
  const section = document.querySelector("[data-case]");
  if (!section) return;
  const name = `note:${section.dataset.case}`;
  if (!box) return;
  const kept = sessionStorage.getItem(name);
  if (kept && !box.value) box.value = kept;
  box.addEventListener("input", () => sessionStorage.setItem(name, box.value));
})();
