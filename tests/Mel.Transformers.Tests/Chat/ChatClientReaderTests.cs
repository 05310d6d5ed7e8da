using Mel.Transformers.Chat;
using Mel.Transformers.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Tests.Chat;

/// <summary>Who reads a stream slowly, or not to its end, holds nobody up; and what a closed client says.</summary>
[TestFixture]
public sealed class ChatClientReaderTests
{
    private static readonly ChatOptions Options = new() { Seed = 3, MaxOutputTokens = 20 };

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Stream_ReaderThatWaits_DoesNotHoldUpTheOthers()
    {
        using TransformerPolicy policy = Policy();
        using PolicyChatClient client = new(policy);
        string[] alone = [await AnswerAsync(client, "1 2"), await AnswerAsync(client, "3"), await AnswerAsync(client, "4 5")];

        await using IAsyncEnumerator<ChatResponseUpdate> slow = client.GetStreamingResponseAsync(Message("1 2"), Options).GetAsyncEnumerator();
        (await slow.MoveNextAsync()).Should().BeTrue();
        string text = slow.Current.Text, other = await AnswerAsync(client, "3").WaitAsync(Patience);
        List<string> streamed = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Message("4 5"), Options)) streamed.Add(update.Text);
        while (await slow.MoveNextAsync()) text += slow.Current.Text;

        new[] { text, other, string.Concat(streamed) }.Should().Equal(alone, "each answer equals the serial one");
    }

    [Test]
    public async Task Stream_ReaderThatNeverComesBack_DoesNotHoldUpTheOthers()
    {
        using TransformerPolicy policy = Policy();
        using PolicyChatClient client = new(policy);
        IAsyncEnumerator<ChatResponseUpdate> abandoned = client.GetStreamingResponseAsync(Message("1 2"), Options).GetAsyncEnumerator();
        (await abandoned.MoveNextAsync()).Should().BeTrue();

        (await AnswerAsync(client, "3").WaitAsync(Patience)).Should().NotBeEmpty();
    }

    [Test]
    public async Task Stream_LeftAfterOneToken_GivesTheTurnBack()
    {
        using TransformerPolicy policy = Policy();
        using PolicyChatClient client = new(policy);
        for (int i = 0; i < 5; i++)
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Message("1 2"), Options)) break;
        }

        (await AnswerAsync(client, "3").WaitAsync(Patience)).Should().NotBeEmpty();
    }

    [Test]
    public async Task Stream_ThatCannotStart_GivesTheTurnBack()
    {
        using TransformerPolicy policy = Policy();
        using PolicyChatClient client = new(policy);
        ChatOptions wrong = new() { Temperature = -1 };
        string tooLong = string.Join(' ', Enumerable.Repeat("1", 64));

        foreach ((string message, ChatOptions options) in ((string, ChatOptions)[])[(tooLong, Options), ("1", wrong)])
            await FluentActions.Awaiting(async () => await client.GetStreamingResponseAsync(Message(message), options).GetAsyncEnumerator().MoveNextAsync())
                .Should().ThrowAsync<Exception>();

        (await AnswerAsync(client, "3").WaitAsync(Patience)).Should().NotBeEmpty();
    }

    [Test]
    public async Task Client_Disposed_SaysSo()
    {
        using TransformerPolicy policy = Policy();
        PolicyChatClient client = new(policy);
        client.Dispose();
        client.Dispose();

        (await FluentActions.Awaiting(() => AnswerAsync(client, "1")).Should().ThrowAsync<ObjectDisposedException>())
            .Which.ObjectName.Should().Be(typeof(PolicyChatClient).FullName);
        await FluentActions.Awaiting(async () => await client.GetStreamingResponseAsync(Message("1"), Options).GetAsyncEnumerator().MoveNextAsync())
            .Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Client_DisposedInTheMiddle_EndsItsRequestsWithTheTypedError()
    {
        PolicyChatClient? client = null;
        TransformerPolicyOptions options = new() { StopTokenIds = [] };
        int decoded = 0;
        using TransformerPolicy policy = new(TinyModels.Model(), new NumberTokenizer(() => { if (++decoded == 2) client!.Dispose(); }), ChatTemplate.Parse("{% for message in messages %}{{ message.content }} {% endfor %}"), options);
        client = new PolicyChatClient(policy);

        await FluentActions.Awaiting(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Message("1"), Options)) { }
        }).Should().ThrowAsync<ObjectDisposedException>().Where(e => e.ObjectName == typeof(PolicyChatClient).FullName);
    }

    private static TransformerPolicy Policy() => new(TinyModels.Model(), new NumberTokenizer(), ChatTemplate.Parse("{% for message in messages %}{{ message.content }} {% endfor %}"), new TransformerPolicyOptions { StopTokenIds = [] });

    private static ChatMessage[] Message(string text) => [new(ChatRole.User, text)];

    private static async Task<string> AnswerAsync(PolicyChatClient client, string text) => (await client.GetResponseAsync(Message(text), Options)).Text;
}
