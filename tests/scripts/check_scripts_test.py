"""The check scripts find what they are there to find: each is run over a small tree with one fault."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import check_requirements  # noqa: E402
import check_scenarios  # noqa: E402

ARCHITECTURE = """
| folder | may include | deterministic | what it is |
|---|---|---|---|
| `base/` | | | ground |
| `raft/` | `base/` | | with its log |
| `raft/core/` | `base/result.h` | yes | pure |
| `raft/core/driver` | | | not pure |

| headers | our headers | our sources | why |
|---|---|---|---|
| `toml++/` | | `base/toml_reader.cc` | slow |
| `boost/asio` | `raft/` | `raft/` `base/` | slow, too |
"""


class CheckScripts(unittest.TestCase):
    def run_over(self, script, tree):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for name, text in {"docs/ARCHITECTURE.md": ARCHITECTURE, **tree}.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return subprocess.run(
                [sys.executable, SCRIPTS / script, "--root", root],
                capture_output=True,
                text=True,
                check=False,
            )

    def assert_clean(self, script, tree):
        done = self.run_over(script, tree)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def assert_finds(self, expected, script, tree):
        done = self.run_over(script, tree)
        self.assertEqual((done.returncode, done.stderr), (1, ""), done.stdout)
        self.assertEqual(done.stdout.splitlines()[:-1], [expected])


class Layers(CheckScripts):
    def test_a_permitted_tree_is_clean(self):
        self.assert_clean(
            "check_layers.py",
            {
                "base/result.h": "#include <string>\n",
                "base/toml_reader.cc": "#include <toml++/toml.h>\n#include <sys/stat.h>\n",
                "raft/core/core.cc": '#include "raft/core/core.h"\n#include "base/result.h"\n',
                "raft/link.h": "#include <boost/asio/io_context.hpp>\n",
            },
        )

    def test_an_include_against_the_layers_is_found(self):
        self.assert_finds(
            "base/result.h:2: base/ may not include raft/log.h",
            "check_layers.py",
            {"base/result.h": '\n#include "raft/log.h"\n'},
        )

    def test_the_longest_row_counts(self):
        self.assert_finds(
            "raft/core/core.h:1: raft/core/ may not include base/disk.h",
            "check_layers.py",
            {"raft/core/core.h": '#include "base/disk.h"\n', "raft/log.h": '#include "base/disk.h"\n'},
        )

    def test_an_include_in_a_comment_is_none(self):
        self.assert_clean("check_layers.py", {"base/a.h": '/*\n#include "raft/log.h"\n*/\n'})

    def test_a_library_outside_its_place_is_found(self):
        self.assert_finds(
            "raft/log.cc:1: <toml++/toml.h>: our sources that may include toml++/: base/toml_reader.cc",
            "check_layers.py",
            {"raft/log.cc": "#include <toml++/toml.h>\n"},
        )

    def test_a_library_in_a_header_where_only_sources_may_is_found(self):
        self.assert_finds(
            "base/a.h:1: <boost/asio.hpp>: our headers that may include boost/asio: raft/",
            "check_layers.py",
            {"base/a.h": "#include <boost/asio.hpp>\n", "base/a.cc": "#include <boost/asio.hpp>\n"},
        )

    def test_an_undocumented_library_is_found(self):
        self.assert_finds(
            "base/a.cc:1: <fmt/core.h>: of no library in docs/ARCHITECTURE.md",
            "check_layers.py",
            {"base/a.cc": "#include <fmt/core.h>\n"},
        )

    def test_our_header_is_quoted_and_named_from_the_root(self):
        self.assert_finds(
            "base/a.cc:1: <base/a.h>: ours, to be quoted",
            "check_layers.py",
            {"base/a.cc": "#include <base/a.h>\n"},
        )
        self.assert_finds(
            'base/a.cc:1: "a.h": to be named from the root',
            "check_layers.py",
            {"base/a.cc": '#include "a.h"\n'},
        )

    def test_a_folder_without_a_row_is_found(self):
        self.assert_finds(
            "util/a.h:1: in no folder of docs/ARCHITECTURE.md", "check_layers.py", {"util/a.h": ""}
        )


class Determinism(CheckScripts):
    def assert_finds_in_code(self, expected, code):
        self.assert_finds(
            f"raft/core/core.cc:1: {expected}", "check_determinism.py", {"raft/core/core.cc": code}
        )

    def test_other_folders_are_free(self):
        self.assert_clean(
            "check_determinism.py",
            {"raft/log.cc": "#include <mutex>\n", "raft/core/driver.cc": "double x;\n"},
        )

    def test_comments_and_literals_do_not_count(self):
        code = "// a double\n/* float */ const char* s = \"mutex \\\" 1.5\";  // 2.5\nint n = 1'000;\n"
        self.assert_clean("check_determinism.py", {"raft/core/core.cc": code})

    def test_a_word_inside_another_does_not_count(self):
        self.assert_clean("check_determinism.py", {"raft/core/core.cc": "int doubled = now.x2e3;\n"})

    def test_each_kind_is_found(self):
        self.assert_finds_in_code("mutex: a thread or lock", "#include <mutex>\n")
        self.assert_finds_in_code("base/disk.h: a file, socket or process", '#include "base/disk.h"\n')
        self.assert_finds_in_code("steady_clock: a clock", "auto t = steady_clock::time_point();\n")
        self.assert_finds_in_code("unordered_map: hash order", "std::unordered_map<int, int> m;\n")
        self.assert_finds_in_code("random_device: chance", "std::random_device device;\n")
        self.assert_finds_in_code("double: floating point", "double rate;\n")
        self.assert_finds_in_code("0.5: floating point", "auto half = 0.5;\n")
        self.assert_finds_in_code("1e9: floating point", "auto big = 1e9;\n")
        self.assert_finds_in_code("tolower: a locale", "char c = tolower(d);\n")

    def test_what_follows_a_digit_separator_still_counts(self):
        self.assert_finds_in_code("float: floating point", "int n = 1'000'000; float x;\n")


class SizesWordsAndDocs(CheckScripts):
    def test_a_long_header_is_found_and_a_long_test_is_not(self):
        self.assert_finds(
            "base/a.h:321: 321 lines, at most 320",
            "check_sizes.py",
            {"base/a.h": "\n" * 321, "tests/base/a_test.cc": "\n" * 800, "base/a.cc": "\n" * 640},
        )

    def test_a_promise_and_a_path_of_one_machine_are_found(self):
        promise = "TO" + "DO"
        path = "/" + "home/a"
        self.assert_finds(f"base/a.h:1: {promise}", "check_words.py", {"base/a.h": f"// {promise}\n"})
        self.assert_finds(f"README.md:1: {path}", "check_words.py", {"README.md": f"cd {path}nna\n"})

    def test_a_link_and_a_cited_page_that_lead_nowhere_are_found(self):
        text = "[a](docs/ARCHITECTURE.md#tables) [b](https://example.org/x) [c](docs/none.md)\n"
        self.assert_finds("README.md:1: docs/none.md: no such file", "check_docs.py", {"README.md": text})
        self.assert_finds(
            "base/a.h:2: docs/none.md: no such page",
            "check_docs.py",
            {"base/a.h": "// See docs/ARCHITECTURE.md\n// and docs/none.md.\n"},
        )

    def test_a_metric_is_on_its_page_or_found(self):
        code = 'Gauge("aval_log_leaves"); Counter("aval_acts_total");\n'
        tree = {"node/metrics.cc": code, "docs/metrics.md": "`aval_log_leaves`\n"}
        self.assert_finds("docs/metrics.md:1: aval_acts_total: not listed", "check_docs.py", tree)
        tree["docs/metrics.md"] = "`aval_log_leaves` `aval_acts_total` `aval_none`\n"
        self.assert_finds("docs/metrics.md:1: aval_none: no such metric", "check_docs.py", tree)


class RecordTables(CheckScripts):
    HEADER = """
    enum class Table : std::uint8_t { kGrant = 0x20 };
    enum class Colour : std::uint8_t { kDarkRed = 1 };
    struct Grant {
      static constexpr Table kTable = Table::kGrant;
      static constexpr std::uint8_t kVersion = 3;
      struct Key {
        Id grant;
        static void Fields(Self& k, V&& visit) { visit("grant", k.grant); }
      };
      Amount limit;  // Written last.
      std::vector<Colour> colours;
      static void Fields(Self& r, V&& visit) {
        visit("colours", r.colours);
        visit("limit", r.limit);
      }
    };
    """
    ROW = "| `0x20` | Grant | `grant` id | 3 | `colours` list of Colour, `limit` amount |"

    def test_lists_fields_as_they_are_written_and_sees_a_page_that_differs(self):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for folder in ("ledger/record", "ledger/rules", "docs/formats", "tests/ledger"):
                (root / folder).mkdir(parents=True)
            (root / "ledger/record/credit.h").write_text(self.HEADER)
            (root / "ledger/rules/context.h").write_text("")
            properties = root / "tests/ledger/codec_property_test.cc"
            properties.write_text("using Records =\n    testing::Types<Grant>;\n")
            page = root / "docs/formats/state.md"
            script = SCRIPTS / "record_tables.py"
            marks = re.search(r'BEGIN, END = "(.*)\\n", "(.*)\\n"', script.read_text())
            page.write_text(f"# State\n{marks.group(1)}\n{marks.group(2)}\n")
            command = [sys.executable, script, "--root", root]

            def run(*options):
                return subprocess.run([*command, *options], capture_output=True, check=False)

            self.assertEqual(run().returncode, 1)
            self.assertEqual(run("--write").returncode, 0)
            self.assertEqual(run().returncode, 0)
            self.assertIn(self.ROW, page.read_text().splitlines())
            self.assertIn("| Colour | 1 dark red |", page.read_text().splitlines())

            properties.write_text("using Records =\n    testing::Types<Grant, Loan>;\n")
            self.assertEqual(run().returncode, 1)


class Scenarios(CheckScripts):
    TEST = "TEST(Scenarios, %s) {\n  ExpectReached(cluster, {RarePath::kWindowFull});\n}\n"

    def tree(self, rows, tests):
        """A tree whose other rows all have a test of their own."""
        tests = list(tests)
        lists = {"number": check_scenarios.HISTORIC, "file": check_scenarios.ETCD}
        page = ""
        for heading, names in lists.items():
            page += f"| {heading} | tests | paths |\n|---|---|---|\n"
            for name in names:
                cells = rows.get(name)
                if cells is None:
                    tests.append(check_scenarios.prefix(name) + "Stands")
                    cells = f"`{tests[-1]}` | "
                page += f"| `{name}` | {cells} |\n" if cells else ""
            page += "\n"
        source = "".join(self.TEST % test for test in tests)
        return {"tests/scenarios/README.md": page, "tests/scenarios/a_test.cc": source}

    def finds(self, problem, rows, tests):
        self.assert_finds(
            f"tests/scenarios/README.md:1: {problem}", "check_scenarios.py", self.tree(rows, tests)
        )

    def test_a_true_table_is_clean(self):
        rows = {"H4": "`H04_Votes` | `WindowFull`", "H15": "none: no leases | "}
        self.assert_clean("check_scenarios.py", self.tree(rows, ["H04_Votes"]))

    def test_a_row_that_is_missing_is_found(self):
        self.finds("H4: missing", {"H4": ""}, [])

    def test_a_test_that_does_not_exist_is_found(self):
        self.finds("H4: no test H04_Votes", {"H4": "`H04_Votes` | "}, [])

    def test_a_test_of_another_row_is_found(self):
        self.finds("H5: H04_Votes is of another row", {"H5": "`H04_Votes` | "}, ["H04_Votes"])

    def test_a_test_in_no_row_is_found(self):
        self.finds("H04_Votes: in no row", {}, ["H04_Votes"])

    def test_a_path_that_no_test_asks_for_is_found(self):
        rows = {"H4": "`H04_Votes` | `WindowFull` `OverlapKept`"}
        self.finds("H4: no test of it asks for OverlapKept", rows, ["H04_Votes"])

    def test_a_row_that_must_have_a_test_may_not_have_none(self):
        self.finds("H4: must have a test", {"H4": "none: it is hard | "}, [])


class Requirements(CheckScripts):
    def tree(self, cells):
        rows = {row: "`BookTest.Balances`" for row in check_requirements.ROWS} | cells
        lines = [f"| {row} | asked | met | {cell} |" for row, cell in rows.items() if cell]
        return {
            "docs/REQUIREMENTS.md": "\n".join(lines) + "\n",
            "tests/book_test.cc": "TEST_F(BookTest, Balances) {\n}\n",
        }

    def finds(self, line, problem, cells):
        expected = f"docs/REQUIREMENTS.md:{line}: {problem}"
        self.assert_finds(expected, "check_requirements.py", self.tree(cells))

    def test_rows_with_tests_or_what_is_to_come_are_clean(self):
        self.assert_clean("check_requirements.py", self.tree({"A02": "to come: risk"}))

    def test_a_test_that_does_not_exist_is_found(self):
        self.finds(2, "A02: no test BookTest.Sings", {"A02": "`BookTest.Sings`"})

    def test_a_row_without_a_test_is_found(self):
        self.finds(2, "A02: names no test", {"A02": "later"})

    def test_a_part_that_nobody_knows_is_found(self):
        self.finds(2, "A02: no part magic", {"A02": "to come: magic"})

    def test_a_row_that_is_missing_is_found(self):
        self.finds(1, "has not each row once, in order: ['A02']", {"A02": ""})


class Replay(CheckScripts):
    def test_commands_run_in_order_but_the_tests_and_what_is_no_sh_block(self):
        readme = (
            "```sh\necho one > out   # a comment\necho two \\\n  >> out\nscripts/test.sh\n```\n"
            "```text\nfalse\n```\n```sh\ntest \"$(cat out)\" = $'one\\ntwo'\n```\n"
        )
        done = self.run_over("replay_readme.py", {"README.md": readme})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_failing_command_fails_the_replay(self):
        done = self.run_over("replay_readme.py", {"README.md": "```sh\nfalse\ntrue\n```\n"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("exit code 1: false", done.stdout)


if __name__ == "__main__":
    unittest.main()
