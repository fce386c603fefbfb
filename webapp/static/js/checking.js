// Opens the place for the right value as soon as a value is to be corrected, and leads there.

export default function checking(form) {
  form.addEventListener("change", (event) => {
    const chosen = event.target;
    if (!chosen.matches('input[type="radio"][value="corrected"]')) return;
    const place = chosen.closest("fieldset.check-line").querySelector("details.check-more");
    if (!place) return;
    place.open = true;
  });
}
