// Marks the page where it is framed by another, which ui/shell.css asks, and links to where it stands when it is used.
if (window.self !== window.top) {
  document.documentElement.classList.add("framed");
  const link = document.querySelector(".st-key-own-tab a");
  const now = () => { link.href = window.location.href; };
  for (const event of ["pointerenter", "pointerdown", "focus"]) link.addEventListener(event, now);
  now();
}
