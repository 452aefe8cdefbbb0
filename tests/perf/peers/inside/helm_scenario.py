"""The questions as a scenario of HELM's: a picture, a text and four options in one prompt; exact match of the letter."""

import json
from pathlib import Path

from helm.benchmark.adaptation.adapter_spec import AdapterSpec
from helm.benchmark.adaptation.adapters.adapter_factory import ADAPT_MULTIPLE_CHOICE_JOINT_MULTIMODAL
from helm.benchmark.metrics.common_metric_specs import get_exact_match_metric_specs
from helm.benchmark.run_spec import RunSpec, run_spec_function
from helm.benchmark.scenarios.scenario import (
    CORRECT_TAG,
    VALID_SPLIT,
    Input,
    Instance,
    Output,
    Reference,
    Scenario,
    ScenarioMetadata,
    ScenarioSpec,
)
from helm.common.media_object import MediaObject, MultimediaObject


class Questions(Scenario):
    name, description, tags = "questions", "Questions about noisy pictures.", ["vision-language"]

    def __init__(self, file: str):
        super().__init__()
        self.file = file

    def get_instances(self, output_path: str) -> list[Instance]:
        return [instance(json.loads(line)) for line in Path(self.file).read_text().splitlines()]

    def get_metadata(self) -> ScenarioMetadata:
        return ScenarioMetadata(name=self.name, main_metric="exact_match", main_split=VALID_SPLIT)


def instance(row: dict) -> Instance:
    picture = MediaObject(location=row["picture"], content_type="image/jpeg")
    text = MediaObject(text=row["question"], content_type="text/plain")
    options = [Reference(Output(row[key]), [CORRECT_TAG] if key == row["answer"] else []) for key in "ABCD"]
    return Instance(Input(multimedia_content=MultimediaObject([picture, text])), options, VALID_SPLIT)


@run_spec_function("questions")
def questions(file: str) -> RunSpec:
    asked = AdapterSpec(
        method=ADAPT_MULTIPLE_CHOICE_JOINT_MULTIMODAL,
        instructions="Answer with the letter of the correct option.",
        input_prefix="", input_suffix="\n", output_prefix="Answer: ", output_suffix="\n", instance_prefix="\n",
        max_train_instances=0, num_outputs=1, max_tokens=16, temperature=0.0, stop_sequences=[],
    )  # fmt: skip
    return RunSpec(
        name="questions",
        scenario_spec=ScenarioSpec(class_name="helm_scenario.Questions", args={"file": file}),
        adapter_spec=asked,
        metric_specs=get_exact_match_metric_specs(),
        groups=["questions"],
    )
