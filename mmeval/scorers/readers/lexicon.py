"""The words that tell what a reply does with an answer: it claims, denies, corrects, guesses, lists or refuses.

Each word or phrase has a symbol of one character, on which the productions of the grammar work. A word that says
nothing about an answer is `x`, and one that can be left out is `t`.
"""

from __future__ import annotations

from collections.abc import Mapping

CANDIDATE = "\ue000-\ue2ff"
"""Symbols of candidate answers, as a class of a pattern. A reader puts them in; the low byte numbers the answer."""
LETTER, TEXT, PART, LOWER, ORDINAL = 0xE000, 0xE100, 0xE200, 0xE300, 0xE400
"""First symbols of: capital letters (and other candidates), texts, parts of texts, small letters, ordinal numbers."""

WORDS: Mapping[str, str] = {
    "a": (
        "final my_choice my_pick my_guess my_selection my_vote 答 answer answers solution sum difference product "
        "result conclusion response verdict prediction anwser anser ansewr anwer asnwer answr awnser 答案 正解 "
        "正确选项 结果"
    ),
    "o": "option choice letter alternative item one number box figure panel candidate 选项 选择项 选択肢",
    "b": "is are was were be been being 's 're equals means becomes 是 为 為 即为",
    "m": "must should would will shall 'd 'll has_to have_to had_to ought needs can_only 应 应当 应该 該 一定",
    "n": (
        "not never neither nor without than non don't doesn't didn't cannot can't couldn't won't wouldn't "
        "shouldn't haven't hasn't hadn't none_of none nothing lacks lacking hardly 不 没 非 并非 不会 不能 不可能 "
        "不选 不应 没有 并不 并没有 未 而不是"
    ),
    "l": (
        "anything_but all_but unlike except excluding besides rather_than instead_of as_opposed_to other_than "
        "opposite_of contrary_to in_contrast_to compared_to compared_with confused_with mistaken_for far_from "
        "除了 而非"
    ),
    "z": "isn't aren't wasn't weren't ain't isnt 不是 并不是 不为",
    "u": "but however yet instead rather nevertheless whereas although though 而是 但 但是 然而 而 不过",
    "w": (
        "wrong incorrect false invalid eliminated excluded ruled_out untrue inaccurate irrelevant unsupported "
        "mistaken out ❌ ✗ ✘ 错误 错 不正确 不对 不符合 不符 有误 排除在外"
    ),
    "r": (
        "most_plausible more_plausible more_likely correct right true best accurate suitable appropriate matching "
        "remaining valid likeliest proper 正确 对 符合 合适 最佳"
    ),
    "g": "does fits matches fit match completes corresponds works remains wins suits applies",
    "e": (
        "eliminate eliminates eliminating exclude excludes reject rejects rejecting discard discarding dismiss "
        "dismissing rule_out rules_out ruling_out cross_out 排除"
    ),
    "v": (
        "choose select pick chose selected picked choosing selecting picking say guess meant get got obtain "
        "confident_in vote_for vote go_with going_with go_for going_for settle_on settling_on opt_for "
        "lean_towards leaning_towards called named 选 选择 選 選擇 我选 我选择 应选 应该选 应选择 应该选择 猜"
    ),
    "s": (
        "so thus therefore hence leaves leaving finally left_with make give yields yield consequently accordingly "
        "overall i.e. ie ∴ ⇒ → total altogether in_total in_conclusion makes gives 所以 因此 故 综上 综上所述 "
        "总之 总共 一共 合计 共 于是 因而"
    ),
    "c": (
        "wait hold_on actually correction oops hmm sorry on_second_thought on_second_thoughts i_mean scratch_that "
        "等等 更正 其实 实际上 纠正"
    ),
    "h": "maybe perhaps possibly might may could 可能 也许 或许 大概是 说不定",
    "k": (
        "unsure uncertain unclear unable insufficient not_sure not_certain not_clear not_enough don't_know "
        "do_not_know can't_tell can't_say can't_determine cannot_tell cannot_say cannot_determine cannot_decide "
        "can't_decide can't_be_certain can't_be_sure not_possible impossible_to hard_to_say unable_to 无法 看不清 "
        "看不清楚 不太清楚 不太确定 不能确定 不能判断 不能回答 说不清 说不准 不好说 很难说 看不出 不确定 不知道 "
        "不清楚 难以"
    ),
    "f": "check verify verification if whether unless suppose supposing assuming 如果 若 假如 是否 假设",
    "p": (
        "thought initially originally assumed tempting seemed some_would some_might some_may some_people "
        "someone_might others_may at_first at_first_glance i_first one_might you_might 起初 最初 原以为 一开始"
    ),
    "j": "and & both so_is so_are so_does 和 与 以及 及 跟",
    "|": "or / either 或 或者 还是 抑或",
    "q": "between among choose_from pick_from select_from 之间",
    "<": "because since as due given based explanation reason reasoning 因为 由于 因 理由 解释",
    "+": "with for from in on at to by which who into under over here there 在 中 里 上",
    "%": "of out_of",
    "i": "it this that i we they he she 它 我 这 这种 这个 该 这是 那 他 她 它们 我们 我认为 我觉得",
    "t": (
        "for_sure nothing_but the a an very most clearly definitely certainly obviously simply just only indeed "
        "also my your our probably likely presumably surely apparently no_doubt of_course at_all "
        "without_any_doubt without_doubt without_a_doubt not_only am has have had seems appears looks like think "
        "believe feel sure fairly quite really more then now approximately about around roughly nearly 的 了 就 "
        "也 都 很 只 个 最终 最后的 显然 很可能 最可能 最有可能 大约 约 肯定 认为 一个 \\text \\textbf \\mathbf "
        "\\mathrm \\rm \\bf \\textit \\boldsymbol"
    ),
    "x": (
        "think_so seems_so believe_so guess_so 这样 这样的 确实 的确 判断 确认 辨认 回答 图片 图像 照片 信息 办法 "
        "依据 提供 上传 存在 看到 看见 出现 显示 包含 含有 说法 陈述 描述 当然 完全"
    ),
    "y": "yes yeah yep ✅ ✓ ✔ 是的 对的 没错 有的 是肯定的",
    "d": "no nope 否 是否定的",
    ".": ". ! ; 。 ！ ； … ...",
    "/": "\n",
    "?": "? ？",
    ",": ", ， 、 ( （ – —",
    ":": ": ： -",
    "*": "plus minus times \\times \\cdot \\div + × * ÷ ·",
    "=": "= ≈ ≡",
}
"""The words of each symbol, in English and Chinese. A phrase has `_` between its words."""
ORDINALS = (
    ("first", "1st", "第一个", "第一"), ("second", "2nd", "第二个", "第二"), ("third", "3rd", "第三个", "第三"),
    ("fourth", "4th", "第四个", "第四"), ("fifth", "5th", "第五个", "第五"), ("sixth", "6th", "第六个", "第六"),
    ("seventh", "7th", "第七"), ("eighth", "8th", "第八"),
)  # fmt: skip
LAST = ("last", "最后一个")


def _table() -> dict[str, str]:
    table = {word.replace("_", " "): symbol for symbol, words in WORDS.items() for word in words.split(" ")}
    table |= {word: chr(ORDINAL + index) for index, words in enumerate(ORDINALS) for word in words}
    table |= dict.fromkeys(LAST, chr(ORDINAL + 0xFF))
    counts = enumerate(("one", "two", "three", "four", "five", "six"))
    nouns = ("option", "option number", "choice", "number")
    table |= {f"{noun} {form}": chr(LETTER + i) for i, word in counts for noun in nouns for form in (word, str(i + 1))}
    return table | {chr(symbol): chr(symbol) for symbol in range(TEXT, TEXT + 256)}


def _cased(table: Mapping[str, str]) -> dict[str, str]:
    cased = {form: symbol for word, symbol in table.items() for form in (word.upper(), word.capitalize(), word)}
    for index, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        small = letter.lower()
        forms = (letter, f"({letter})", f"{letter})", f"({small})", f"{small})")
        cased |= dict.fromkeys(forms, chr(LETTER + index)) | {small: chr(LOWER + index)}
    return cased


SYMBOLS = _cased(_table())
"""The symbol of each lexeme, in the cases in which people write it."""
