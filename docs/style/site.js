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
});
