"""Each example is one file that is read in one go, uses what its package brings, and has a page."""

import unittest

from common import EXAMPLES

LINES_MAX = 149
STORIES = {
    "cpp": "pickup_story.cc",
    "go": "main.go",
    "java": "src/main/java/dev/firstmile/example/PickupStory.java",
    "kotlin": "src/main/kotlin/PickupStory.kt",
    "php": "pickup_story.php",
    "python": "pickup_story.py",
    "ruby": "pickup_story.rb",
    "rust": "src/main.rs",
    "typescript": "pickup_story.ts",
}
SOURCES = (".cc", ".cs", ".go", ".h", ".java", ".js", ".kt", ".php", ".py", ".rb", ".rs", ".ts")
FETCHED = {"dist", "node_modules", "target", "vendor"}

# Stories of their own, on the same package.
OTHER_STORIES = {
    "go": ["shipping/bind.go", "shipping/label.go", "shipping/main.go"],
    "python": ["first_login.py", "shipping_story.py"],
}

# What each story does, by the names that every language has in one spelling or another.
STEPS = (
    "streamunbindorders",
    "generatefirstmiletrackingnumber",
    "bindfirstmiletrackingnumber",
    "nosuchorder",
    "streamfirstmiledetail",
    "downloadwaybill",
    "gettrackingnumber",
    "watchshops",
    "cancel",
)


def sources(language):
    folder = EXAMPLES / language
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in SOURCES)
    return {file.as_posix() for file in files if not FETCHED & set(file.parts)}


class ExamplesTest(unittest.TestCase):
    def test_every_language_but_csharp_has_one(self):
        languages = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
        self.assertEqual(languages, STORIES.keys() | {"csharp"})

    def test_it_is_one_file_of_fewer_than_150_lines(self):
        for language, story in STORIES.items():
            with self.subTest(language):
                self.assertEqual(sources(language), {story, *OTHER_STORIES.get(language, [])})
                for file in sources(language):
                    self.assertLessEqual(len((EXAMPLES / language / file).read_text().splitlines()), LINES_MAX, file)

    def test_it_tells_every_step_of_the_story(self):
        for language, story in STORIES.items():
            text = (EXAMPLES / language / story).read_text().lower().replace("_", "")
            with self.subTest(language):
                self.assertEqual([step for step in STEPS if step not in text], [])

    def test_its_page_names_the_file(self):
        for language, story in STORIES.items():
            self.assertIn(f"`{story.rpartition('/')[2]}`", (EXAMPLES / language / "README.md").read_text())


if __name__ == "__main__":
    unittest.main()
