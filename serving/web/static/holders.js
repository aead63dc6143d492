// Keeps "held by ... until ..." true while the list stands open: asks for the page again and takes over those cells.
(() => {
  const cells = () => [...document.querySelectorAll("[data-holder]")];
  if (!cells().length) return;
  const refresh = async () => {
    if (document.hidden || document.querySelector("dialog[open]")) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return; // the next click says what is the matter
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = new Map([...fresh.querySelectorAll("[data-holder]")].map((cell) => [cell.dataset.holder, cell]));
    for (const cell of cells()) {
      const now = found.get(cell.dataset.holder);
      if (now && !cell.contains(document.activeElement)) cell.replaceChildren(...now.childNodes);
    }
  };
  setInterval(refresh, 30000);
})();
