using System.Diagnostics;
using System.Text.Json;

namespace Mel.Report.Tests.Browser;

/// <summary>A browser without a window, which lives as long as a fixture.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly DirectoryInfo _profile;
    private readonly Process _process;

    private Chromium(DirectoryInfo profile, Process process) => (_profile, _process) = (profile, process);

    public DevTools Tools { get; private set; } = null!;

    /// <summary>Where a browser is installed; null where none is.</summary>
    public static string? Find() => (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                                     from name in Names
                                     let path = Path.Combine(folder, name)
                                     where File.Exists(path)
                                     select path).FirstOrDefault();

    /// <summary>Starts a browser with one empty page, whose events are on.</summary>
    public static async Task<Chromium> StartAsync(string path)
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("mel-chromium-");
        ProcessStartInfo start = new(path) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string flag in (string[])
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
        ])
            start.ArgumentList.Add(flag);
        Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        Chromium browser = new(profile, process);
        string[] port = await browser.PortAsync();
        browser.Tools = await DevTools.ConnectAsync(new Uri($"ws://127.0.0.1:{port[0]}{port[1]}"));
        JsonElement target = await browser.Tools.SendAsync("Target.createTarget", new() { ["url"] = "about:blank" });
        JsonElement attached = await browser.Tools.SendAsync(
            "Target.attachToTarget", new() { ["targetId"] = target.GetProperty("targetId").GetString(), ["flatten"] = true });
        browser.Tools.Session = attached.GetProperty("sessionId").GetString();
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"]) await browser.Tools.SendAsync($"{domain}.enable");
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        await Tools.DisposeAsync();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(100);                  // a process of the browser is still writing its last
            }
        }
    }

    // The browser writes its port and the path of its socket as soon as it listens.
    private async Task<string[]> PortAsync()
    {
        string file = Path.Combine(_profile.FullName, "DevToolsActivePort");
        for (Stopwatch clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50))
        {
            if (_process.HasExited) throw new InvalidOperationException($"The browser ended with {_process.ExitCode}.");
            if (File.Exists(file) && File.ReadAllLines(file) is [_, _] lines) return lines;
        }

        throw new TimeoutException("The browser does not listen after a minute.");
    }
}
