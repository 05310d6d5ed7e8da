using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mel.Report.Tests.Browser;

/// <summary>A page in the browser, as a reader uses it: a pointer, a keyboard, and what is to be seen.</summary>
internal sealed class BrowserPage(DevTools tools)
{
    /// <summary>Opens a file at a width, light or dark.</summary>
    public static async Task<BrowserPage> OpenAsync(DevTools tools, string file, int width, bool dark)
    {
        await tools.SendAsync("Emulation.setDeviceMetricsOverride", new()
        {
            ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = width < 500,
        });
        await tools.SendAsync("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
        tools.Forget();
        await tools.SendAsync("Page.navigate", new() { ["url"] = new Uri(file).AbsoluteUri });
        await tools.WaitForAsync("Page.loadEventFired");
        return new BrowserPage(tools);
    }

    /// <summary>What an expression of JavaScript is.</summary>
    public async Task<JsonElement> ValueAsync(string expression)
    {
        JsonElement answer = await tools.SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        if (answer.TryGetProperty("exceptionDetails", out JsonElement thrown)) throw new InvalidOperationException(thrown.GetRawText());
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    public async Task<string> TextAsync(string selector) => (await ValueAsync($"document.querySelector({Quoted(selector)}).innerText")).GetString()!;

    public async Task<int> CountAsync(string selector) => (await ValueAsync($"document.querySelectorAll({Quoted(selector)}).length")).GetInt32();

    /// <summary>Moves the pointer to a share of an element's width, at half its height.</summary>
    public async Task<(double X, double Y)> HoverAsync(string selector, double share = .5)
    {
        JsonElement place = await ValueAsync(
            $"(() => {{ const e = document.querySelector({Quoted(selector)}); e.scrollIntoView({{ block: 'center' }}); const b = e.getClientRects()[0]; "
            + "return [b.left, b.top, b.width, b.height]; })()");
        double[] box = [.. place.EnumerateArray().Select(v => v.GetDouble())];
        (double x, double y) = (box[0] + (share * box[2]), box[1] + (box[3] / 2));
        await MouseAsync("mouseMoved", x, y);
        return (x, y);
    }

    public async Task ClickAsync(string selector)
    {
        (double x, double y) = await HoverAsync(selector, .1);
        await MouseAsync("mousePressed", x, y);
        await MouseAsync("mouseReleased", x, y);
        await ValueAsync("new Promise(done => requestAnimationFrame(() => setTimeout(done)))");
    }

    public async Task TypeAsync(string selector, string text)
    {
        await ValueAsync($"(() => {{ const e = document.querySelector({Quoted(selector)}); e.focus(); e.select(); }})()");
        await tools.SendAsync("Input.insertText", new() { ["text"] = text });
    }

    public Task ChooseAsync(string selector, string value) => ValueAsync(
        $"(() => {{ const e = document.querySelector({Quoted(selector)}); e.value = {Quoted(value)}; "
        + "for (const name of ['input', 'change']) e.dispatchEvent(new Event(name, { bubbles: true })); })()");

    /// <summary>A picture of the whole page.</summary>
    public async Task<byte[]> PictureAsync()
        => (await tools.SendAsync("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true })).GetProperty("data").GetBytesFromBase64();

    private Task<JsonElement> MouseAsync(string type, double x, double y) => tools.SendAsync("Input.dispatchMouseEvent", new()
    {
        ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = type == "mouseMoved" ? "none" : "left", ["clickCount"] = 1,
    });

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
