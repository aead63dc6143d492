// Shows how far the verification of the audit log is, until it has ended; then the page is loaded again.
(() => {
  const running = () => document.querySelector("#verification[data-running]");
  if (!running()) return;
  const look = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#verification");
    if (!fresh || !fresh.hasAttribute("data-running")) location.reload();
    else running().replaceChildren(...fresh.childNodes);
  };
  setInterval(() => { if (!document.hidden) look(); }, 2000);
})();
