"""The reference of the configuration is made from the comments of config.proto, and a stale one is found."""

import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / ".dev/config_page.py"
sys.path.insert(0, str(ROOT / ".dev"))

import config_page  # noqa: E402  (found through the path above)


class ConfigPageTest(unittest.TestCase):
    def test_the_page_in_the_tree_is_that_of_the_schema(self):
        done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_field_has_its_comment_on_the_page(self):
        text, file = config_page.page(), config_page.schema()
        fields = [field.name for message in file.message_type for field in message.field]
        self.assertGreater(len(fields), 60)
        for name in fields:
            self.assertIn(f"- **`{name}`** (", text)

    def test_a_field_without_a_comment_is_an_error(self):
        file = config_page.schema()
        file.source_code_info.ClearField("location")
        with self.assertRaises(config_page.PageError):
            list(config_page.sections(config_page.Schema(file)))

    def test_a_changed_comment_makes_the_page_stale(self):
        file = config_page.schema()
        for place in file.source_code_info.location:
            place.leading_comments = place.leading_comments.replace("Threads", "Fibres")
        changed = "\n\n".join(config_page.sections(config_page.Schema(file)))
        self.assertIn("Fibres", changed)
        self.assertNotIn("Fibres", config_page.PAGE.read_text())


if __name__ == "__main__":
    unittest.main()
