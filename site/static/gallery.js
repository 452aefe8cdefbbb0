/* The gallery: cards of questions that fit the filters, in pages of 48. Lists of questions are loaded when they are
   needed, benchmark by benchmark, so that the page stays light. Filters are part of the address. */
(function () {
  "use strict";
  var PAGE = 48, M = window.mmeval, el = M.el, form = document.getElementById("tools"), box = document.getElementById("cards"), more = document.getElementById("more"), output = form.querySelector("output");
  var set = box.dataset, words = JSON.parse(set.words), files = [], turn = 0, first = [].slice.call(box.children), cursor;
  form.elements.b.querySelectorAll("option[data-file]").forEach(function (one) { files.push({ name: one.value, file: one.dataset.file }); });

  function fits(one, state) {
    var share = one[5], codes = one[6];
    if (state.d === "easy" && share < 80 || state.d === "hard" && (share > 20 || share < 0) || state.d === "medium" && (share <= 20 || share >= 80)) return false;
    var plain = codes.replace("!", "");
    if (state.o === "every" && plain !== "r" || state.o === "nobody" && (plain.indexOf("r") >= 0 || plain.indexOf("p") >= 0)) return false;
    if (state.o === "split" && !(plain.indexOf("r") >= 0 && plain.length > 1) || state.o === "doubt" && codes.indexOf("!") < 0) return false;
    if (state.o === "odd" && !/[utxf]/.test(plain)) return false;
    return !state.q || M.matches(state.q, one[1]);
  }
  function card(one, index, file, number) {
    var made = el("a", null, { "class": "q", href: set.pages + "q/" + file + ".html#" + one[0] }), pic = el("span", null, { "class": "pic" }), ask = el("span", null, { "class": "ask" }), meta = el("span", null, { "class": "meta" });
    pic.append(one[2] ? el("img", null, { src: set.root + "t/" + one[2] + ".webp", alt: "", loading: "lazy", width: one[3], height: one[4] }) : el("span", null, { "class": "poster" }));
    (one[2] ? ask : pic.firstChild).append(el("bdi", one[1]));
    meta.append(el("span", index.title));
    if (one[5] >= 0) meta.append(" ", el("b", M.say(words, "question.right", { share: one[5] })));
    made.append(pic);
    if (one[2]) made.append(ask);
    made.append(meta);
    if (one[5] >= 0) made.append(M.solved(one[5]));
    return made;
  }
  function state() { return { q: form.elements.q.value, b: form.elements.b.value, d: form.elements.d.value, o: form.elements.o.value }; }
  function start() {
    var now = state(), mine = ++turn;
    if (!now.q && !now.b && !now.d && !now.o) {
      box.replaceChildren.apply(box, first);
      output.textContent = ""; more.hidden = !files.length;
      cursor = null;
      return;
    }
    box.replaceChildren();
    cursor = { file: 0, at: 0, state: now, files: files.filter(function (one) { return !now.b || one.name === now.b; }) };
    fill(mine);
  }
  function fill(mine) {
    var batch = [], mark = cursor;
    function done() {
      box.append.apply(box, batch);
      more.hidden = mark.file >= mark.files.length;
      var n = box.querySelectorAll(".q").length;
      output.textContent = n ? M.say(words, "gallery.shown", { n: n }) : "";
      if (!n) box.replaceChildren(el("p", words["gallery.none"], { "class": "note", role: "status" }));
    }
    function next() {
      if (mine !== turn) return;
      if (batch.length >= PAGE || mark.file >= mark.files.length) { done(); return; }
      var file = mark.files[mark.file].file;
      M.get(set.root, "q/" + file).then(function (index) {
        if (mine !== turn) return;
        while (mark.at < index.questions.length && batch.length < PAGE) {
          var one = index.questions[mark.at++];
          if (fits(one, mark.state)) batch.push(card(one, index, file, mark.at));
        }
        if (mark.at >= index.questions.length) { mark.file++; mark.at = 0; }
        next();
      }, function () { mark.file++; mark.at = 0; next(); });
    }
    next();
  }
  more.addEventListener("click", function () {
    if (!cursor) { cursor = { file: 0, at: 0, state: state(), files: files }; box.replaceChildren(); }
    fill(++turn);
  });
  function write() { M.save(state()); start(); }
  function read() {
    var now = M.state();
    ["q", "b", "d", "o"].forEach(function (name) { form.elements[name].value = now[name] || ""; });
    start();
  }
  var wait;
  form.addEventListener("input", function () { clearTimeout(wait); wait = setTimeout(write, 120); });
  form.addEventListener("reset", function () { setTimeout(write, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); write(); });
  window.addEventListener("hashchange", read);
  read();
})();
