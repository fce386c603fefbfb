// Shows how far a job is, and loads the page anew when it is over. Without it the page's own link does the same.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10000;

export default function jobProgress(element) {
  const sentence = element.querySelector("[role=status]");
  const bar = element.querySelector("progress");

  function show(answer) {
    if (sentence.textContent !== answer.sentence) sentence.textContent = answer.sentence;
    if (answer.total > 0) {
      bar.max = answer.total;
      bar.value = answer.done;
    }
  }

  async function ask(wait) {
    let next = Math.min(wait * 2, LONGEST_WAIT);
    try {
      const response = await fetch(element.dataset.address, { headers: { Accept: "application/json" } });
      if (response.status === 401 || response.status === 404) {
        window.location.reload();
        return;
      }
      if (response.ok) {
        const answer = await response.json();
        show(answer);
        if (answer.finished) {
          window.location.reload();
          return;
        }
        next = FIRST_WAIT;
      }
    } catch {
      // The server is away for a while: ask again, less often.
    }
    setTimeout(() => ask(next), next);
  }

  setTimeout(() => ask(FIRST_WAIT), FIRST_WAIT);
}
