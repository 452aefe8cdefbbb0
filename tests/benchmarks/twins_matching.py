"""Twins of the sets in which captions and pictures are matched; all rows are our own."""

import hashlib

from datasets import ClassLabel

from tests.benchmarks.twin import IMG, I, L, S, Twin, pic

KINDS = ("add_att", "add_obj", "replace_att", "replace_obj", "replace_rel", "swap_att", "swap_obj")


def better(key: str, options: int, *, right: bool = True) -> tuple[float, ...]:
    """Scores that prefer the true caption, which a digest of the key has placed; or all others."""
    place = int(hashlib.sha256(key.encode()).hexdigest(), 16) % options
    return tuple(float((i == place) == right) for i in range(options))


PAIR = {"image": IMG, "true_caption": S, "false_caption": S}
LABELS = {"image": IMG, "tested_labels": L(S)}
ORDER = {"images": IMG, "correct_caption": S, **{f"hard_text_{i}": S for i in range(1, 5)}}
HARD = {
    f"hard_text_{i}": text for i, text in enumerate(("mat a on cat", "on mat cat a", "cat mat a on", "a mat on cat"), 1)
}


def caption(shade: int, *labels: str) -> dict:
    return {"image": pic(shade), "tested_labels": list(labels)}


TWINS = {
    "winoground": Twin(
        columns={
            "id": I, "image_0": IMG, "image_1": IMG, "caption_0": S, "caption_1": S, "collapsed_tag": S, "num_main_preds": I,
        },
        rows=[
            {"id": n, "image_0": pic(n), "image_1": pic(n + 1), "caption_0": "a mug in grass", "caption_1": "grass in a mug",
             "collapsed_tag": "Object", "num_main_preds": 1}
            for n in range(4)
        ],
        prompt=[0, 1],
        # picture 0 with both captions, then picture 1: all right; text alone; image alone; a tie in one direction of each
        replies=[(5, 1, 2, 6), (3, 1, 4, 5), (3, 4, 1, 5), (5, 5, 1, 5)], value=0.25,
        answers=["text+image", "text", "image", "neither"],
    ),
    "imagenet": Twin(
        columns={"image": IMG, "label": ClassLabel(names=["tench, Tinca tinca", "goldfish", "hen", "cock", "jay", "kite"])},
        rows=[{"image": pic(n), "label": n % 6} for n in range(5)],
        prompt=[0],
        # best alone; second; sixth; best, in a tie; fifth, in a tie with the sixth
        replies=[(9, 1, 2, 3, 4, 5), (9, 8, 1, 2, 3, 4), (5, 4, 0, 3, 2, 1), (1, 2, 0, 9, 9, 3), (9, 8, 7, 6, 1, 1)],
        value=0.2,
        answers=["a photo of a tench, Tinca tinca.", *["a photo of a tench, Tinca tinca."] * 2, None, "a photo of a tench, Tinca tinca."],
    ),
    "sugarcrepe": Twin(
        columns=LABELS, key="HuggingFaceM4/SugarCrepe_add_att",
        rows=[caption(1, "a red cup", "a red and empty cup"), caption(2, "a dog", "a wet dog")],
        more={
            f"HuggingFaceM4/SugarCrepe_{kind}": (LABELS, [caption(3 + n, f"a {kind}", f"no {kind}")])
            for n, kind in enumerate(KINDS[1:])
        },
        prompt=[1],
        replies=[better("add_att-0", 2), better("add_att-1", 2, right=False), (0.5, 0.5),
                 *(better(f"{kind}-{n}", 2) for n, kind in enumerate(KINDS[2:], 3))],
        value=(0.5 + 0 + 5) / 7,
    ),
    "aro_attribution": Twin(
        columns=PAIR,
        rows=[
            {"image": pic(1), "true_caption": "the crouched cat and the open door", "false_caption": "the open cat and the crouched door"},
            {"image": pic(2), "true_caption": "a", "false_caption": "b"},
        ],
        prompt=[1], replies=[better("0", 2), better("1", 2, right=False)], value=0.5,
    ),
    "aro_relation": Twin(
        columns=PAIR,
        rows=[{"image": pic(3), "true_caption": "the man is on the horse", "false_caption": "the horse is on the man"}],
        prompt=[3], replies=[better("0", 2)], value=1.0,
    ),
    "aro_flickr_order": Twin(
        columns=ORDER, rows=[{"images": pic(5), "correct_caption": "a cat on a mat", **HARD}],
        prompt=[5], replies=[better("0", 5, right=False)], value=0.0,
    ),
    "aro_coco_order": Twin(
        columns=ORDER, rows=[{"images": pic(4), "correct_caption": "a cat on a mat", **HARD}],
        prompt=[4], replies=[better("0", 5)], value=1.0,
    ),
}  # fmt: skip
