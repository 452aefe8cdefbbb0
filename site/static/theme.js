/* Sets the colour scheme before the first paint, so that a page does not flash, and takes the page's state along into
   the other language. The mark `data-js` shows what only works with scripts, without moving the rest of the page. */
(function () {
  "use strict";
  var root = document.documentElement, key = "mmeval-theme";
  function stored() { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function show(theme) {
    if (theme === "dark" || theme === "light") root.dataset.theme = theme; else delete root.dataset.theme;
  }
  root.dataset.js = "";
  show(stored());
  document.addEventListener("DOMContentLoaded", function () {
    var choice = document.getElementById("theme"), here = document.querySelector(".top nav [aria-current]");
    /* On a phone the navigation scrolls: the page's own entry is in view. */
    if (here) here.parentNode.scrollLeft = here.offsetLeft - here.parentNode.clientWidth / 2;
    choice.value = root.dataset.theme || "auto";
    choice.addEventListener("change", function () {
      show(choice.value);
      try {
        if (root.dataset.theme) localStorage.setItem(key, choice.value); else localStorage.removeItem(key);
      } catch (e) { /* private mode: the choice lasts for this page */ }
    });
  });
  function carry(event) {
    var link = event.target.closest && event.target.closest(".side a[hreflang]");
    if (link) { link.search = location.search; link.hash = location.hash; }
  }
  ["pointerdown", "click"].forEach(function (name) { document.addEventListener(name, carry, true); });
})();
