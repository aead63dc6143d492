// Renews the claim while somebody works on the case, so that it is not taken away in the middle of a sentence.
(() => {
  const fence = document.querySelector("[data-fence]");
  const section = document.querySelector("[data-case]");
  const until = document.querySelector("[data-until]");
  if (!fence || !section || !until) return;
  let active = true;
  for (const kind of ["keydown", "pointerdown", "scroll"]) document.addEventListener(kind, () => { active = true; }, { passive: true });
  const renew = async () => {
    if (!active || document.hidden) return;
    active = false;
    const answer = await fetch(`/v1/cases/${section.dataset.case}/heartbeat`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ fence: Number(fence.value) }),
    }).catch(() => null);
    if (!answer || !answer.ok) return; // the next action says what became of the claim
    const kase = await answer.json();
    until.textContent = `${kase.lease_expires_at.slice(11, 16)} UTC`;
  };
  setInterval(renew, 120000);
})();
