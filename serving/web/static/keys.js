// Keyboard for the queue and the case: every key presses something that is on the page.
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  let at = -1;
  const find = (selector) => document.querySelector(selector);
  const typing = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const go = (to) => {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach((row, place) => row.toggleAttribute("data-current", place === at));
    rows[at].querySelector("a.open").focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const press = (element) => element && element.click();
  const unfold = (selector) => {
    const part = find(selector);
    if (!part) return;
    part.open = true;
    part.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  };
  const keys = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    c: () => press(rows[at] ? rows[at].querySelector("[data-claim]") : find("[data-claim], [data-take-next]")),
    d: () => find("[data-decide] input[type=radio], [data-decide] select")?.focus(),
    n: () => press(find("[data-take-next]")),
    s: () => unfold("[data-skip]"),
    z: () => unfold("[data-snooze]"),
    x: () => press(rows[at]?.querySelector("input[type=checkbox]")),
    g: () => press(find("[data-back]")),
    "/": () => find("[data-search]")?.select(),
    "?": () => document.getElementById("keys").showModal(),
  };
  rows.forEach((row, place) => row.addEventListener("focusin", () => { at = place; }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (find("dialog[open]") || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
