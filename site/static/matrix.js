/* The matrix of answers: the pointer and the arrow keys choose an answer, a click or Enter opens its question.
   Without this file the picture leads to the page of all questions. */
(function () {
  "use strict";
  var M = window.mmeval, figure = document.querySelector("figure.mx");
  if (!figure) return;
  var link = figure.querySelector("a"), image = link.querySelector("img"), set = figure.dataset, order = set.order.split(",").map(Number), rows = +set.rows, at = null, index = null;
  var said = M.el("figcaption", set.help, { "aria-live": "polite" }), cross = M.el("span", null, { "class": "cross", "aria-hidden": "true" });
  cross.hidden = true;
  figure.append(said);
  link.append(cross);
  function load() { return M.get(set.root, set.list).then(function (found) { index = found; }); }
  function place(event) {
    var box = image.getBoundingClientRect();
    return { column: Math.max(0, Math.min(order.length - 1, Math.floor((event.clientX - box.left) / box.width * order.length))), row: Math.max(0, Math.min(rows - 1, Math.floor((event.clientY - box.top) / box.height * rows))) };
  }
  function show() {
    if (!index || !at) return;
    var one = index.questions[order[at.column]];
    said.textContent = index.models[at.row].title + " · " + (order[at.column] + 1) + " · " + one[1];
    link.href = set.pages + "q/" + set.list.split("/")[1] + ".html#" + one[0] + "&m=" + index.models[at.row].url.replace(/^m\/|\.html$/g, "");
    cross.hidden = false;
    var w = image.clientWidth / order.length, h = image.clientHeight / rows;
    cross.style.left = at.column * w + "px"; cross.style.top = at.row * h + "px"; cross.style.width = w + "px"; cross.style.height = h + "px";
  }
  function to(next) { at = next; if (index) show(); else load().then(show); }
  link.addEventListener("pointermove", function (event) { to(place(event)); });
  link.addEventListener("pointerdown", function (event) { to(place(event)); });
  link.addEventListener("click", function (event) {
    if (index || event.detail === 0 && !at) return;
    event.preventDefault();
    load().then(function () { show(); location.href = link.href; });
  });
  link.addEventListener("keydown", function (event) {
    var step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    var now = at || { column: 0, row: 0 };
    to(at ? { column: Math.max(0, Math.min(order.length - 1, now.column + step[0])), row: Math.max(0, Math.min(rows - 1, now.row + step[1])) } : now);
  });
})();
