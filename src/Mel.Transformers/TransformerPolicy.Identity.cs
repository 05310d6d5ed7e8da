using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mel.Runtime;
using Mel.Transformers.Models;
using Microsoft.Extensions.AI;

namespace Mel.Transformers;

/// <content>What a run must find again to go on: the weights it began with, the shape of the model, and the way from text to tokens.</content>
public sealed partial class TransformerPolicy : IRunPart
{
    private static readonly ChatMessage[] Probe = [new(ChatRole.User, "Which token ids stand for 3 + 4 = 7, \"Größe\" and 数学?")];

    private string? _weights;

    /// <summary>
    /// Names shape, element type, device, adapters and stop tokens, and gives digests of the weights and of the tokens of a fixed message. The weights are
    /// those at the first call: later ones, which the run has trained, are the business of its checkpoint. So are adapters.
    /// </summary>
    /// <param name="identity">Receives names and values.</param>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(Model.Config);
        identity.Within(nameof(Model.Config.RopeScaling), () => identity.SetOptions(Model.Config.RopeScaling));
        identity.Set("traits", ModelConfigJson.Write(Model.Config).ToJsonString());
        identity.Set("weights", _weights ??= Model.WeightDigest());
        identity.Set(nameof(Model.DataType), Model.DataType);
        identity.Set(nameof(Model.Device), Model.Device.type);
        if (Model.Lora is { } lora) identity.Within(nameof(Model.Lora), () => identity.SetOptions(lora));
        identity.Set(nameof(ContextTokens), ContextTokens);
        identity.Set("StopTokens", string.Join(' ', _stopTokenIds.Select(id => id.ToString(CultureInfo.InvariantCulture))));
        identity.Set("encoding", Encoding());
    }

    private string Encoding()
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(Encode(Probe).Span)).AsSpan(0, 16));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            // A tokenizer of few words has no ids for the message; its name is all that is known of it.
            return $"{_tokenizer.GetType().Name} {_template.GetType().Name}";
        }
    }
}
