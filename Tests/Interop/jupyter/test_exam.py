"""jupyter_kernel_test with everything that can be asked configured: all of it passes, nothing is skipped."""

import io
import unittest

import jupyter_kernel_test as jkt


class Kernel(jkt.KernelTests):
    __test__ = False
    kernel_name = "etude"
    language_name = "etude"
    file_extension = ".etude"
    code_hello_world = "print('hello, world')"
    code_stderr = "%cd ."
    code_page_something = "?DiceLoss"
    code_generate_error = "DiceLoss(sigmod=True)"
    code_execute_result = [
        {"code": "1+2", "result": "3"},
        {"code": "[2**10, 'x']", "result": "[1024, 'x']"},
        {"code": "round(2.5) == 2", "result": "True"},
    ]
    code_display_data = [
        {"code": "display({'a': 1})", "mime": "text/plain"},
        {"code": "plot([3, 2, 1])", "mime": "image/svg+xml"},
    ]
    code_clear_output = "clear_output()"
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "DiceLoss"
    completion_samples = [
        {"text": "DiceL", "matches": {"DiceLoss"}},
        {"text": "lr_r", "matches": {"lr_range_test"}},
    ]
    complete_code_samples = ["1", "x = 1", "for i in range(3):\n  print(i)\n", "%who", "?DiceLoss"]
    incomplete_code_samples = ["DiceLoss(", "for i in range(3):", "x = [1,\n", "s = '''"]
    invalid_code_samples = ["x = )", "1 +* 2", "import os"]


class Welcome(jkt.IopubWelcomeTests):
    __test__ = False
    kernel_name = "etude"
    support_iopub_welcome = True


def unset(case):
    """Attributes that nobody set: their tests would be skipped without a word."""
    return [
        name
        for name, value in vars(jkt.KernelTests).items()
        if not name.startswith("_") and not callable(value) and getattr(case, name) in ("", [], (), False)
    ]


def test_everything_is_configured():
    assert unset(Kernel) == []


def test_all_of_it_passes():
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite([loader.loadTestsFromTestCase(case) for case in (Kernel, Welcome)])
    log = io.StringIO()
    result = unittest.TextTestRunner(log, verbosity=2).run(suite)
    assert result.wasSuccessful(), log.getvalue()
    assert result.skipped == []
    assert result.testsRun == 13
