"""The questions as a task of Inspect AI: one message with a picture and a text, scored as a multiple choice."""

from inspect_ai import Task, task
from inspect_ai.dataset import Sample, json_dataset
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText
from inspect_ai.scorer import choice
from inspect_ai.solver import multiple_choice


def sample(row: dict) -> Sample:
    parts = [ContentImage(image=row["picture"]), ContentText(text=row["question"])]
    choices = [row[letter] for letter in "ABCD"]
    return Sample(id=row["id"], input=[ChatMessageUser(content=parts)], choices=choices, target=row["answer"])


@task
def questions(questions: str) -> Task:
    return Task(dataset=json_dataset(questions, sample), solver=multiple_choice(), scorer=choice())
