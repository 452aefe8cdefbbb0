/* Blind votes on pairs of replies. They are kept in the browser, exported as a file, and sent where a server collects them. */
(function () {
  "use strict";
  var M = window.mmeval, box = document.getElementById("ballot");
  var words = { "made.image": box.dataset.made };
  function id(name) { return document.getElementById(name); }
  M.get(box.dataset.root, "ballot").then(start, function () { id("unsent").hidden = false; id("unsent").textContent = box.dataset.unsent; });

  function start(ballot) {
    var pairs = ballot.pairs, key = "mmeval-ballot-" + ballot.id, at = 0, voted = false;
    var token = M.state().token, kept = read();

    function read() {
      var found = null;
      try { found = JSON.parse(localStorage.getItem(key)); } catch (e) { /* a blocked or broken store: begin anew */ }
      return found && found.voter && found.votes ? found : { voter: random(), votes: {}, sent: {} };
    }
    function random() { return Array.from(crypto.getRandomValues(new Uint8Array(6)), function (b) { return ("0" + b.toString(16)).slice(-2); }).join(""); }
    function keep() { try { localStorage.setItem(key, JSON.stringify(kept)); } catch (e) { /* the votes last as long as the page */ } }
    function count() { return Object.keys(kept.votes).length; }

    /* Each voter sees each pair on sides of their own (the FNV-1a hash of voter and pair decides): a liking for one side favours no model. */
    function sides(n) {
      var text = kept.voter + ":" + n, hash = 2166136261;
      for (var i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
      return (hash >>> 15) & 1 ? [pairs[n].sides[1], pairs[n].sides[0]] : pairs[n].sides;
    }
    function row(n) {
      var pair = pairs[n], vote = kept.votes[n], shown = sides(n);
      return {
        model_a: shown[0].model, model_b: shown[1].model, winner: vote.winner, voter: kept.voter, tstamp: vote.at,
        benchmark: pair.benchmark, sample: pair.sample, category: pair.category, style_a: shown[0].style, style_b: shown[1].style
      };
    }
    function lines() { return Object.keys(kept.votes).map(function (n) { return JSON.stringify(row(n)) + "\n"; }).join(""); }

    /* A vote counts as sent only when the server has said so; others are sent again with the next one. */
    function send() {
      if (!token) return;
      Object.keys(kept.votes).filter(function (n) { return kept.sent[n] !== kept.votes[n].at; }).forEach(function (n) {
        var when = kept.votes[n].at;
        fetch(box.dataset.root + "vote", { method: "POST", headers: { "content-type": "application/json", "x-token": token }, body: JSON.stringify(row(n)) })
          .then(function (reply) {
            if (!reply.ok) throw new Error(reply.status);
            kept.sent[n] = when; keep(); id("unsent").hidden = true;
          }).catch(function () { id("unsent").textContent = box.dataset.unsent; id("unsent").hidden = false; });
      });
    }

    function part(piece) {
      if (piece.image) return M.el("img", null, { src: box.dataset.root + piece.image, alt: box.dataset.picture });
      if (piece.missing) return M.el("p", box.dataset.missing + " " + piece.missing, { "class": "key" });
      return M.el("p", piece.text, { "class": "said" });
    }
    function answer(side) {
      var one = sides(at)[side], reply = id("reply" + side), made = one.made || [];
      reply.replaceChildren.apply(reply, (one.text ? [M.el("p", one.text, { "class": "said" })] : []).concat(made.map(function (item) { return M.made(item, words, box.dataset.root); })));
      reply.scrollTop = 0;
    }
    function name(side, shown) {
      var head = id("name" + side);
      head.textContent = shown ? sides(at)[side].model : head.dataset.hidden;
    }
    function show() {
      while (at < pairs.length && kept.votes[at]) at++;
      voted = false;
      if (at >= pairs.length) { finish(); return; }
      id("question").replaceChildren.apply(id("question"), pairs[at].question.map(part));
      [0, 1].forEach(function (side) { answer(side); name(side, false); });
      id("choices").hidden = false; id("after").hidden = true; box.hidden = false; id("done").hidden = true;
      state();
    }
    function state() {
      id("bar").value = count();
      id("progress").textContent = box.dataset.progress.replace("{done}", count()).replace("{all}", pairs.length);
      id("export").hidden = !count();
    }
    function vote(winner) {
      if (voted || box.hidden) return;
      voted = true;
      kept.votes[at] = { winner: winner, at: Date.now() / 1000 };
      keep(); send(); state();
      name(0, true); name(1, true);
      id("choices").hidden = true; id("after").hidden = false; id("next").focus();
    }
    function undo() {
      if (!voted) return;
      delete kept.votes[at]; keep(); show();
    }
    function finish() {
      box.hidden = true; state();
      id("done").textContent = box.dataset.done; id("done").hidden = false; id("done").focus();
    }

    id("choices").addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (button) vote(button.dataset.winner);
    });
    id("next").addEventListener("click", show);
    id("undo").addEventListener("click", undo);
    id("export").addEventListener("click", function () { M.download("votes-" + kept.voter + ".jsonl", "application/jsonl", lines()); });
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      var winner = { a: "model_a", b: "model_b", t: "tie", x: "tie (bothbad)" }[event.key.toLowerCase()];
      if (winner) vote(winner);
      else if (event.key.toLowerCase() === "u") undo();
    });
    send();
    show();
  }
})();
