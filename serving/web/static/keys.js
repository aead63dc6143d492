// Keyboard for the queue and the case: moves, opens, claims; every key presses something that is on the page.
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  let at = -1;
  const typing = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const go = (to) => {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach((row, place) => row.toggleAttribute("data-current", place === at));
    rows[at].querySelector("a.open").focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const press = (element) => element && element.click();
  const claim = () => {
    const row = rows[at];
    press(row ? row.querySelector("[data-claim]") : document.querySelector("[data-claim], [data-take-next]"));
  };
  const keys = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    c: claim,
    g: () => press(document.querySelector("[data-back]")),
    "/": () => document.querySelector("[data-search]")?.select(),
    "?": () => document.getElementById("keys").showModal(),
  };
  rows.forEach((row, place) => row.addEventListener("focusin", () => { at = place; }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]") || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.querySelectorAll("form[method=post]").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault(); // a second click must not send twice
    form.dataset.sent = "1";
  }));
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
})();
