// The theme's arrows that open a chapter in the side bar have no name of their own.
document.addEventListener("DOMContentLoaded", () => {
  for (const arrow of document.querySelectorAll("nav details > summary:not([aria-label])")) {
    const link = arrow.closest("li").querySelector("a");
    arrow.setAttribute("aria-label", `Parts of: ${link ? link.textContent.trim() : "this chapter"}`);
  }
  // The corner of a table of data is no heading.
  for (const corner of document.querySelectorAll(".bd-article th")) {
    if (!corner.textContent.trim()) {
      const cell = document.createElement("td");
      for (const { name, value } of corner.attributes) cell.setAttribute(name, value);
      corner.replaceWith(cell);
    }
  }
  // The tomato on the front page: one of 9 x 9 on a sheet.
  for (const walks of document.querySelectorAll(".walks")) {
    const painting = walks.querySelector(".painting");
    const sliders = [...walks.querySelectorAll("input")];
    const paint = () => {
      const places = sliders.map((slider) => slider.value / slider.max);
      painting.style.backgroundPosition = places.map((place) => `${100 * place}%`).join(" ");
      const [across, down] = places.map((place) => `${Math.round(100 * place)}%`);
      painting.setAttribute("aria-label", `A painted tomato, ${across} of the way across and ${down} of the way down`);
    };
    for (const slider of sliders) slider.addEventListener("input", paint);
    paint();
  }
});
