/* A site that was built without its address fills it in where a reader copies it. */
(function () {
  "use strict";
  var root = new URL(document.currentScript.dataset.root || "./", location.href).href;
  document.querySelectorAll(".share pre").forEach(function (box) { box.textContent = box.textContent.replaceAll("https://YOUR-SITE/", root); });
})();
