// Says that figures are being added up, once a page that takes a while has been asked for and is not there yet.
(() => {
  const told = document.querySelector("[data-slow-told]");
  if (!told) return;
  let timer = 0;
  const say = (text) => { told.textContent = text; };
  const begin = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => say("Adding up …"), 300);
  };
  const plain = (event) => event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  document.addEventListener("submit", (event) => { if (event.target.closest("[data-slow]")) begin(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && link.closest("[data-slow]") && !link.hasAttribute("download") && plain(event)) begin();
  });
  window.addEventListener("pageshow", () => { window.clearTimeout(timer); say(""); });
})();
