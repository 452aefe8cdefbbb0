/* Sets the colour scheme before the first paint, so that a page does not flash. */
(function () {
  "use strict";
  var root = document.documentElement, key = "mmeval-theme";
  function stored() { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function show(theme) { if (theme === "dark" || theme === "light") root.dataset.theme = theme; }
  show(stored());
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    button.hidden = false;
    button.addEventListener("click", function () {
      var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      show(dark ? "light" : "dark");
      try { localStorage.setItem(key, root.dataset.theme); } catch (e) { /* private mode: the choice lasts for this page */ }
    });
  });
})();
