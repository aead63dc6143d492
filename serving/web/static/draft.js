// Keeps what is being written about a case in this tab, so that an expired session or a broken connection loses nothing.
(() => {
  const section = document.querySelector("[data-case]");
  if (!section) return;
  const id = section.dataset.case;
  const boxes = [...document.querySelectorAll("[data-draft]")];
  const place = (name) => `${name}:${id}`;
  // The page says that what was sent last was taken, or has no box for it any more: then it is no draft.
  const sent = sessionStorage.getItem(place("sent"));
  const taken = document.querySelector(".flash.good") !== null;
  if (sent && (taken || !boxes.some((box) => box.name === sent))) sessionStorage.removeItem(place(sent));
  sessionStorage.removeItem(place("sent"));
  for (const box of boxes) {
    const kept = sessionStorage.getItem(place(box.name));
    if (kept && !box.value) box.value = kept;
    box.addEventListener("input", () => sessionStorage.setItem(place(box.name), box.value));
    box.form?.addEventListener("submit", () => sessionStorage.setItem(place("sent"), box.name));
  }
})();
