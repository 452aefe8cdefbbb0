/* A question with its answers, drawn from the data files: shared by the page of questions and the pages of runs.
   All text goes in as text, never as markup. */
(function () {
  "use strict";
  var M = window.mmeval, el = M.el;
  var page = document.getElementById("question");
  var FIELDS = ["outcome", "score", "answer", "rule", "reply", "cut", "reasoning", "failure", "note", "input", "output", "seconds", "cost", "cached", "epoch", "seen", "made"];
  var TONES = { r: "good", w: "bad", f: "bad" };

  function link(url, text) {
    return /^https?:\/\//.test(url || "") ? el("a", text || url, { href: url, rel: "nofollow noopener" }) : document.createTextNode(text || url || "");
  }
  function paragraph(text, css) { return el("p", text, { "class": css || "text", dir: "auto" }); }
  M.tag = function (words, code) {
    var made = el("span", null, { "class": "verdict" });
    made.append(el("span", null, { "class": "o " + code }), " " + words["outcome." + code]);
    return made;
  };

  /* One picture, film or sound of a question, with what marks a place in it; or where the original lies. */
  M.medium = function (m, place, q, words, root, home) {
    if (m.kind !== "image" && (m.file || m.thumb)) return player(m, place, words, root, home);
    if (!m.thumb) {
      return origin(m, words[q.public ? "media.elsewhere" : "media.withheld"], home);
    }
    var frame = el("span", null, { "class": "frame-media" });
    frame.append(el("img", null, { src: root + m.thumb, alt: M.say(words, "image.alt", { n: place }), loading: "lazy", width: m.width, height: m.height }));
    if (!m.marks.length) return frame;
    frame.append(over(m.marks));
    var box = el("span");
    box.append(frame, el("span", words["marks.key"], { "class": "key" }));
    return box;
  };
  function origin(m, text, home) {
    var note = el("p", text + " ", { "class": "note" }), where = el("bdi", m.mime + " ");
    where.append(link(m.url || home, m.source));
    note.append(where);
    return note;
  }
  function shape(name, attributes) {
    var made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }
  /* Boxes and points over a picture, in percent of its sides. */
  function over(marks) {
    var svg = shape("svg", { "class": "over", viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": marks.map(function (one) { return one.label; }).join(", ") });
    marks.forEach(function (one) {
      if (one.kind === "box") svg.append(shape("rect", { "class": one.tone, x: one.x, y: one.y, width: one.w, height: one.h }));
      else svg.append(shape("path", one.kind === "area" ? { "class": "area", d: one.d } : { "class": one.tone, d: "M" + one.x + " " + one.y + "h0" }));
    });
    return svg;
  }
  /* The places of an answer, over the picture that has the place of the target: boxes and points as fractions. */
  M.placed = function (media, answer, code) {
    var svg = media.querySelector(".over"), tone = code === "r" ? "right" : "wrong", found = null;
    try { found = svg && JSON.parse(answer); } catch (e) { return; }
    if (!Array.isArray(found)) return;
    (Array.isArray(found[0]) ? found : [found]).slice(0, 20).forEach(function (place) {
      if (!Array.isArray(place) || !place.every(Number.isFinite)) return;
      var p = place.map(function (part) { return 100 * part; });
      if (p.length === 4) svg.append(shape("rect", { "class": tone, x: p[0], y: p[1], width: Math.max(0, p[2] - p[0]), height: Math.max(0, p[3] - p[1]) }));
      if (p.length === 2) svg.append(shape("path", { "class": tone, d: "M" + p[0] + " " + p[1] + "h0" }));
    });
  };
  /* A film with its poster, or a sound with its wave form; where there is no copy, the picture and the source. */
  function player(m, place, words, root, home) {
    var frame = el("figure", null, { "class": "frame-media" }), film = m.kind === "video", tool = null;
    if (m.file) tool = el(film ? "video" : "audio", null, { controls: "", preload: "none", src: root + m.file });
    if (film && tool) { tool.width = m.width; tool.height = m.height; if (m.thumb) tool.poster = root + m.thumb; }
    else if (m.thumb) frame.append(el("img", null, { src: root + m.thumb, alt: film ? M.say(words, "image.alt", { n: place }) : words["media.wave"], loading: "lazy", width: m.width, height: m.height }));
    if (tool) { frame.append(tool); return frame; }
    var box = el("div");
    box.append(frame, origin(m, words["media.elsewhere"], home));
    return box;
  }
  /* Plays the clip of a question from a second on; `near` is an element of its article or of the answers below. */
  function seek(near, second) {
    var box = near.closest("article") || page, tool = box && box.querySelector("video, audio");
    if (!tool) return;
    function go() { tool.currentTime = second; var played = tool.play(); if (played) played.catch(function () { /* it may not play, but it shows the place */ }); }
    if (tool.readyState) go(); else { tool.addEventListener("loadedmetadata", go, { once: true }); tool.preload = "metadata"; tool.load(); }
  }
  /* Times in a question, as in `at 1:23`, `00:01:23`, `after 12 s` or `第12秒`: every count of digits has a limit. */
  var TIME = /(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)|(\b(?:at|from|to|until|and|between|before|after)\s|第)(\d{1,5}(?:\.\d{1,3})?)\s?(?:(?:seconds|second|secs|sec|s)\b|秒)/gi;
  function stamped(box, words) {
    var text = box.textContent, at = 0, found, parts = [];
    while ((found = TIME.exec(text))) {
      var before = text.charAt(found.index - 1), after = text.slice(TIME.lastIndex, TIME.lastIndex + 4), lead = (found[4] || "").length;
      if (/[\d:.]/.test(before) || /^(?:[\d:]|\.\d|\s?[ap]\.?m)/i.test(after) || +found[3] >= 60) continue;
      parts.push(text.slice(at, found.index + lead), stamp(text.slice(found.index + lead, TIME.lastIndex), found[5] ? +found[5] : 3600 * (found[1] || 0) + 60 * found[2] + +found[3], words));
      at = TIME.lastIndex;
    }
    if (at) box.replaceChildren.apply(box, parts.concat(text.slice(at)));
    return box;
  }
  function stamp(text, second, words) {
    var made = el("button", text, { type: "button", "class": "seek", title: M.say(words, "media.seek", { at: text }) });
    made.addEventListener("click", function () { seek(made, second); });
    return made;
  }
  /* What a model was shown of a film or sound. A click on a frame plays the film from there. */
  function seen(one, words, root) {
    var made = el("figure", null, { "class": "saw" }), said, columns = Math.min(8, one.at.length), rows = Math.ceil(one.at.length / 8);
    if (one.kind === "audio") said = M.say(words, "seen.sound", { s: one.seconds });
    else if (one.frames === null) said = M.say(words, "seen.film", { s: one.seconds });
    else said = M.say(words, "seen.frames", { n: one.frames, a: one.from, b: one.to, s: one.seconds }) + (one.file && one.at.length < one.frames ? " " + M.say(words, "seen.some", { n: one.at.length }) : "");
    if (one.file) {
      var strip = el("img", null, { src: root + one.file, alt: M.say(words, "seen.alt", { at: one.at.join(", ") }), loading: "lazy" });
      strip.addEventListener("click", function (event) {
        var second = one.at[Math.floor(rows * event.offsetY / strip.clientHeight) * columns + Math.floor(columns * event.offsetX / strip.clientWidth)];
        if (second != null) seek(strip, second);
      });
      made.append(strip);
    }
    made.append(el("figcaption", said));
    return made;
  }

  /* The facts of a correct answer that is a structure: name, number among equals, and named values. */
  function facts(all, words) {
    var list = el("dl", null, { "class": "facts expected" });
    function named(name) { return Object.hasOwn(words, "target." + name) ? words["target." + name] : name; }
    all.forEach(function (fact) {
      var head = el("dt"), value = el("dd");
      head.append(el("bdi", named(fact[0]) + (fact[1] ? " " + fact[1] : "")));
      fact[2].forEach(function (pair, i) {
        if (i) value.append(", ");
        if (pair[0]) value.append(el("span", named(pair[0]), { "class": "none" }), " ");
        value.append(el("bdi", pair[1]));
      });
      list.append(head, value);
    });
    return list;
  }

  /* What was asked: a box of media, and the elements of the text. */
  M.asked = function (q, words, root, home) {
    var media = el("div"), text = [];
    q.media.forEach(function (m, i) { media.append(M.medium(m, i + 1, q, words, root, home)); });
    if (!q.public && !q.media.length) {
      var note = el("p", words["sample.withheld"] + " ", { "class": "note" });
      note.append(link(home));
      media.append(note);
    }
    if (q.prompt !== null) {
      var plays = q.media.some(function (m) { return m.file; });
      text.push(el("h3", words.prompt), plays ? stamped(paragraph(q.prompt), words) : paragraph(q.prompt));
      if (q.cut) text.push(el("p", M.say(words, "cut", { n: q.cut }), { "class": "meta" }));
      if (q.choices.length) {
        var list = el("ol", null, { "class": "options" });
        q.choices.forEach(function (choice) { var item = el("li"); item.append(el("bdi", choice)); list.append(item); });
        text.push(el("h3", words["question.options"]), list);
      }
      text.push(el("h3", words.target));
      if (q.target || !q.facts.length) text.push(paragraph(q.target));
      if (q.facts.length) text.push(facts(q.facts, words));
    }
    return { media: media, text: text };
  };

  /* One answer of a run, from a row of its data file. */
  M.said = function (row, words, many, root) {
    var a = {}, out = [], why = el("p", null, { "class": "why" });
    FIELDS.forEach(function (name, i) { a[name] = row[i]; });
    (a.seen || []).forEach(function (one) { out.push(seen(one, words, root)); });
    (a.made || []).forEach(function (one) { out.push(M.made(one, words, root)); });
    if (a.reply) {
      out.push(el("h3", words.reply + (many ? " · " + M.say(words, "epoch", { n: a.epoch || 0 }) : "")), paragraph(a.reply, "text reply " + a.outcome));
      if (a.cut) out.push(el("p", M.say(words, "cut", { n: a.cut }), { "class": "meta" }));
    }
    if (a.reasoning) {
      var more = el("details");
      more.append(el("summary", words.reasoning), paragraph(a.reasoning));
      out.push(more);
    }
    why.append(el("span", words["outcome." + a.outcome], { "class": "tag " + (TONES[a.outcome] || "warn") }));
    if (a.score != null) why.append(" ", el("strong", a.score.toFixed(2)));
    if (a.failure) why.append(" ", el("bdi", a.failure));
    else {
      var found = a.answer != null ? el("b") : el("em", words.unparsed);
      if (a.answer != null) found.append(el("bdi", a.answer));
      why.append(" " + words.answer + " ", found);
      if (a.rule) why.append(" · " + words.rule + " ", el("code", a.rule));
      if (a.note) why.append(" · ", el("bdi", a.note));
    }
    out.push(el("h3", words.verdict), why);
    var used = [];
    if (a.output != null) used.push(a.input == null ? M.say(words, "tokens", { n: a.output }) : M.say(words, "tokens.both", { a: a.input, n: a.output }));
    if (a.seconds) used.push(a.seconds.toFixed(2) + " s");
    if (a.cost != null) used.push("$" + a.cost.toFixed(5));
    if (a.cached) used.push(words.cached);
    if (used.length) out.push(el("p", used.join(" · "), { "class": "meta" }));
    return out;
  };
  M.heading = function (text, tags, url, id) {
    var header = el("header"), head = el("h2");
    head.append(el("a", text, { href: url }));
    header.append(head);
    if (id) header.append(el("bdi", id, { "class": "meta" }));
    Object.keys(tags).forEach(function (name) { header.append(el("span", name + ": " + tags[name], { "class": "meta" })); });
    return header;
  };
  /* A share of models that are right: a bar with its interval. */
  M.solved = function (share, low, high) {
    var box = el("span", null, { "class": "solve", "aria-hidden": "true" }), svg = shape("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none" });
    svg.append(shape("rect", { "class": "bg", width: 100, height: 4 }), shape("rect", { "class": "fg", width: share, height: 4 }));
    if (low != null) svg.append(shape("rect", { "class": "ci", x: low, width: high - low, y: 1.5, height: 1 }));
    box.append(svg);
    return box;
  };

  if (!page) return;
  var set = page.dataset, words = JSON.parse(set.words), list = document.getElementById("all"), title = document.title, index = null;

  /* The model whose answer the address asks for, by the name of its page: `#q-7&m=lab__model`. */
  function asked() { var url = "m/" + (M.state().m || "") + ".html"; return index.models.findIndex(function (model) { return model.url === url; }); }
  function show() {
    var fragment = decodeURIComponent(location.hash.slice(1)).split("&")[0], at = -1;
    if (fragment.indexOf("q-") === 0) at = index.questions.findIndex(function (one) { return one[0] === fragment; });
    page.hidden = at < 0 && fragment.indexOf("q-") !== 0;
    if (list) list.hidden = !page.hidden;
    if (page.hidden) { document.title = title; return; }
    if (at < 0) { page.replaceChildren(el("p", words["question.absent"], { "class": "note", role: "status" })); return; }
    var k = Math.floor(at / index.size) + 1, i = at % index.size;
    Promise.all([M.get(set.root, index.prompts + "/" + k), M.get(set.root, index.answers + "/" + k), index.makes ? replies(at) : []]).then(function (found) {
      if (decodeURIComponent(location.hash.slice(1)).split("&")[0] === fragment) draw(at, i, found[0][i], found[1], found[2]);
    });
  }
  function place(model, at) { return model.numbers ? model.numbers[at] : at + 1; }
  /* The answers of a model to one question of its run. */
  function told(model, number) {
    return M.get(set.root, model.data + "/" + (Math.floor((number - 1) / index.size) + 1)).then(function (rows) { return rows[(number - 1) % index.size]; });
  }
  /* What every model answered: a page with pictures is drawn when all of it is there, so that nothing moves. */
  function replies(at) {
    return Promise.all(index.models.map(function (model) {
      var number = place(model, at);
      return number ? told(model, number).catch(function () { return []; }) : [];
    }));
  }
  function step(to, text, key) {
    var other = index.questions[to];
    if (!other) return el("span");
    return el("a", text, { "class": "button", href: "#" + other[0] + (asked() < 0 ? "" : "&m=" + M.state().m), rel: key < 0 ? "prev" : "next" });
  }
  function draw(at, i, q, data, said) {
    var parts = M.asked(q, words, set.root, index.home), article = el("article", null, { "class": "sample question" }), text = el("div"), rate = data.solved[i];
    document.title = (index.questions[at][1] || q.id) + " · " + title;
    article.append(M.heading(M.say(words, "question.number", { n: at + 1 }), q.tags, "#" + q.anchor, q.id), parts.media);
    index.models.forEach(function (model, m) { M.placed(parts.media, data.words[data.said[i][m]], data.outcomes[i][m]); });
    text.append.apply(text, parts.text);
    var line = el("p", rate[3] ? M.say(words, "question.solved", { share: Math.round(rate[0]), low: Math.round(rate[1]), high: Math.round(rate[2]), n: rate[3] }) : words["question.unsolved"], { "class": "rate" });
    if (rate[3] > 1) line.append(M.solved(rate[0], rate[1], rate[2]));
    text.append(line);
    article.append(text);
    var nav = el("nav", null, { "class": "pager", "aria-label": set.label });
    nav.append(step(at - 1, "← " + words["question.previous"], -1), el("span", M.grouped(at + 1) + " / " + M.grouped(index.questions.length)), step(at + 1, words["question.next"] + " →", 1));
    page.replaceChildren(article, el("h2", words["answers.all"]), gallery(said, i, data), answers(at, i, data), nav);
    window.scrollTo(0, 0);
    var own = page.querySelector("tr.chosen");
    if (!own) return;
    if (own.querySelector("button")) own.querySelector("button").click();
    own.scrollIntoView({ block: "center" });
  }
  /* What every model made, side by side, above the table of answers. */
  function gallery(said, i, data) {
    var grid = el("div", null, { "class": "mades" });
    said.forEach(function (rows, m) {
      var model = index.models[m], cell = el("div"), head = el("p");
      if (!rows.length) return;
      head.append(el("a", model.title, { href: set.pages + model.url }), " ", M.tag(words, data.outcomes[i][m]));
      cell.append(head);
      rows.forEach(function (row) {
        var made = row[FIELDS.indexOf("made")] || [], instead = row[FIELDS.indexOf("reply")] || row[FIELDS.indexOf("failure")];
        made.forEach(function (one) { cell.append(M.made(one, words, set.root)); });
        if (!made.length && instead) cell.append(paragraph(instead, "note"));
      });
      grid.append(cell);
    });
    return grid;
  }
  function answers(at, i, data) {
    var scroll = el("div", null, { "class": "scroll", tabindex: "0", role: "region", "aria-label": words["answers.all"] }), table = el("table", null, { "class": "wide-table answers" }), head = el("tr"), body = el("tbody");
    [words.model, words.outcome, words["answer.found"], words.reply].forEach(function (name) { head.append(el("th", name, { scope: "col" })); });
    index.models.forEach(function (model, m) {
      var row = el("tr", null, model.reference ? { "class": "ref" } : {}), name = el("th", null, { scope: "row" }), code = data.outcomes[i][m], verdict = el("td"), answer = el("td"), more = el("td"), number = place(model, at), partly = data.partly[i + "." + m];
      name.append(el("a", model.title, { href: set.pages + model.url }));
      if (model.reference && words["ref." + model.reference].toLowerCase() !== model.title.toLowerCase()) name.append(" ", el("span", words["ref." + model.reference], { "class": "tag" }));
      if (model.mark === "third-party") name.append(" ", el("span", words["mark.third-party"], { "class": "tag warn" }));
      var run = el("a", null, { "class": "target", href: set.pages + model.run + "/index.html" + (number ? "#s" + number : ""), title: words.run });
      run.append(M.tag(words, code), el("span", " " + words.run + " " + model.title, { "class": "sr" }));
      verdict.append(run, partly == null ? "" : " " + partly + "%");
      if (data.said[i][m] >= 0) answer.append(el("bdi", data.words[data.said[i][m]]));
      if (number) {
        var button = el("button", words["reply.show"], { type: "button", "aria-expanded": "false" });
        button.append(el("span", " " + model.title, { "class": "sr" }));
        button.addEventListener("click", function () { reply(button, row, model, number); });
        more.append(button);
      }
      if (m === asked()) row.classList.add("chosen");
      row.append(name, verdict, answer, more);
      body.append(row);
    });
    var top = el("thead");
    top.append(head);
    table.append(top, body);
    scroll.append(table);
    return scroll;
  }
  function reply(button, row, model, number) {
    var open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) { row.nextElementSibling.remove(); return; }
    told(model, number).then(function (all) {
      if (button.getAttribute("aria-expanded") !== "true") return;
      var under = el("tr", null, { "class": "reply-row" }), cell = el("td", null, { colspan: "4" });
      all.forEach(function (one) { cell.append.apply(cell, M.said(one, words, all.length > 1, set.root)); });
      if (!cell.querySelector(".reply")) cell.prepend(el("p", words["reply.absent"], { "class": "note" }));
      under.append(cell);
      row.after(under);
    });
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    var to = { j: "next", k: "prev" }[event.key], link = to && page.querySelector('.pager a[rel="' + to + '"]');
    if (link) link.click();
  });
  M.get(set.root, "q/" + set.benchmark).then(function (found) {
    index = found;
    window.addEventListener("hashchange", show);
    show();
  });
})();
