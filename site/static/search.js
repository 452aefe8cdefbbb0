/* Words that are found however they are written: without regard to accents, width, case and order. */
(function () {
  "use strict";
  var M = window.mmeval, MARKS = /\p{M}+/gu, BREAKS = /[^\p{L}\p{N}.]+|\.(?!\p{N})|(?<!\p{N})\./gu;
  /* A text as it is compared: compatible characters made equal (full width, ligatures), no marks, lower case, and one
     space for everything between words. A point between digits stays, so that 4.6 is one word. */
  M.normalize = function (text) {
    return String(text).normalize("NFKD").replace(MARKS, "").toLowerCase().replace(BREAKS, " ").trim();
  };
  /* Whether a text has every word of a query, each anywhere: also inside a word, or across the spaces of the text, so
     that `glm4.6` finds `GLM-4.6`. Scripts without spaces are found by their characters for the same reason. */
  M.matches = function (query, text) {
    var plain = M.normalize(text), joined = plain.replace(/ /g, "");
    return M.normalize(query).split(" ").every(function (word) { return plain.includes(word) || joined.includes(word); });
  };
})();
