using System.Text.Json;
using Mel.Testing;

namespace Mel.Report.Tests.Browser;

/// <summary>The page in a browser: what a reader sees and does there, at the width of a desk and of a hand, light and dark.</summary>
[TestFixture, NonParallelizable]
public sealed class RunPageInBrowserTests : IDisposable
{
    private const string Hostile = "<img src=\"https://example.org/x.png\" onerror=\"document.title = 'broken in'\"><script>document.title = 'broken in'</script>";

    private readonly TemporaryFolder _folder = new();
    private Chromium _browser = null!;
    private string _page = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        if (Chromium.Find() is not { } path)
            Assert.Ignore("No Chromium is on the path. To run these tests install one: apt-get install --no-install-recommends chromium, or Google Chrome.");
        else
        {
            _browser = await Chromium.StartAsync(path);
            _page = Write();
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_browser is not null) await _browser.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Page_AsAReaderUsesIt_WorksWithoutErrorsAndWithoutARequest(
        [Values(1280, 390)] int width, [Values] bool dark)
    {
        BrowserPage page = await BrowserPage.OpenAsync(_browser.Tools, _page, width, dark);

        (await page.ValueAsync("document.title")).GetString().Should().Be(Path.GetFileName(_folder.Path));
        (await page.TextAsync("#summary")).Should().Be("3 steps in 0:00:06, 75.0\u00a0% right in the last step");
        (await page.ValueAsync("getComputedStyle(document.body).backgroundColor")).GetString().Should().Be(dark ? "rgb(20, 24, 31)" : "rgb(255, 255, 255)");

        await Charts(page);
        await Experiences(page);
        await Trajectories(page);

        // Everything is open now: nothing is wider than the screen.
        (await page.ValueAsync("document.documentElement.scrollWidth")).GetInt32().Should().BeLessThanOrEqualTo(width);
        (await page.ValueAsync("document.title")).GetString().Should().NotBe("broken in", "texts of a model are shown and never run");
        (await page.CountAsync("img")).Should().Be(0);
        Complaints().Should().BeEmpty();
        _browser.Tools.Events("Network.requestWillBeSent").Select(e => e.GetProperty("request").GetProperty("url").GetString()!)
            .Where(url => !url.StartsWith("data:", StringComparison.Ordinal)).Should().Equal(new Uri(_page).AbsoluteUri);
        await File.WriteAllBytesAsync(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"page-{width}-{(dark ? "dark" : "light")}.png"), await page.PictureAsync());
    }

    private static async Task Charts(BrowserPage page)
    {
        (await page.CountAsync("#charts figure")).Should().Be(3, "accuracy and step time are main figures, and so is the evaluation");
        (await page.TextAsync("#charts figcaption b")).Should().Be("0.75");
        await page.HoverAsync("#charts svg", .56);
        (await page.TextAsync("#charts figcaption b")).Should().Be("step 2: 0.5");
        await page.ChooseAsync("#which", "all");
        (await page.CountAsync("#charts figure")).Should().Be(5);
    }

    private static async Task Experiences(BrowserPage page)
    {
        (await page.TextAsync("#experience-count")).Should().Be("2 of 2");
        await page.ChooseAsync("#kept", "dropped");
        (await page.TextAsync("#experience-list")).Should().Contain("copied_answer").And.NotContain("retained");
        await page.ChooseAsync("#kept", "");
        await page.TypeAsync("#find-experience", "CARRY");
        (await page.TextAsync("#experience-count")).Should().Be("1 of 2");
        await page.ClickAsync("#experience-list summary");
        (await page.TextAsync("#experience-list")).Should().Contain("the second line").And.Contain("carry the one").And.Contain("replay 1: correct").And.Contain(Hostile);
    }

    private static async Task Trajectories(BrowserPage page)
    {
        await page.ChooseAsync("#verdict", "correct");
        (await page.TextAsync("#rollout-count")).Should().Be("1 of 2");
        await page.ClickAsync("#rollout-list summary");
        (await page.CountAsync("#rollout-list .token")).Should().Be(3);
        (await Background(page, 1)).Should().NotBe(await Background(page, 2), "the first token counts for, the second against");
        (await Background(page, 3)).Should().EndWith(", 0)", "the third does neither");
        await page.HoverAsync("#rollout-list .token:nth-child(2)");
        (await page.ValueAsync("document.querySelector('.token:hover').title")).GetString().Should().Be("advantage -0.5");
        await page.ChooseAsync("#color", "log_prob");
        await page.ClickAsync("#rollout-list summary");
        (await page.ValueAsync("document.querySelector('.token:nth-child(2)').title")).GetString().Should().Be("log_prob -2");
        await page.ChooseAsync("#verdict", "");
        await page.ClickAsync("#rollout-list details:nth-child(1) summary");
    }

    private static async Task<string> Background(BrowserPage page, int token)
        => (await page.ValueAsync($"getComputedStyle(document.querySelector('#rollout-list .token:nth-child({token})')).backgroundColor")).GetString()!;

    private string[] Complaints() =>
    [
        .. _browser.Tools.Events("Runtime.exceptionThrown").Select(e => e.GetRawText()),
        .. _browser.Tools.Events("Runtime.consoleAPICalled").Select(e => e.GetRawText()),
        .. _browser.Tools.Events("Log.entryAdded").Select(e => e.GetRawText()),
    ];

    /// <summary>A run of three steps with two experiences and two trajectories, one of which has no place to break a line at.</summary>
    private string Write()
    {
        _folder.Write("metrics.jsonl", """
            {"step":1,"accuracy":0.25,"step_time":2,"tokens":100,"other":1}
            {"step":2,"accuracy":0.5,"step_time":2,"tokens":200,"other":2,"eval/pass_at_1":0.4}
            {"step":3,"accuracy":0.75,"step_time":2,"tokens":300,"other":3}

            """);
        Lines("experiences.jsonl",
            new
            {
                step = 1, prompt = "What is 17 + 25?", right = "42", wrong = "32", retained = true, bifurcation_point = "the second line", critique = "It forgot to carry.",
                heuristic = "carry the one", replays = new[] { new { verdict = "correct", response = Hostile } },
            },
            new { step = 2, prompt = "What is 1 + 1?", right = "2", wrong = "3", retained = false, drop_reason = "copied_answer", drop_detail = "it holds the answer" });
        Lines("rollouts.jsonl",
            new
            {
                step = 1, prompt = "What is 17 + 25?", answer = "42", response = "17 + 25", tokens = 3, verdict = "correct", reward = 1, advantage = .5, kept = true,
                per_token = new { text_end = new[] { 2, 4, 7 }, advantage = new double?[] { 1, -.5, 0 }, log_prob = new[] { -1.0, -2, -3 } },
            },
            new { step = 2, prompt = new string('?', 600), answer = "2", response = new string('x', 3000), tokens = 9, verdict = "incorrect", reward = 0, kept = true, advantage = -1 });
        _folder.Write("run.json", JsonSerializer.Serialize(new { model = new string('m', 400), steps = 3 }));
        return RunPage.Write(_folder.Path);
    }

    private void Lines(string name, params object[] rows) => _folder.Write(name, string.Concat(rows.Select(row => JsonSerializer.Serialize(row) + "\n")));
}
