using System.Buffers.Binary;
using System.Text;
using Mel.Checkpoints;
using Mel.Runtime;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Checkpoints;

[TestFixture, NoTensorLeaks]
public sealed class SafetensorsTests
{
    private string _path = "";

    [SetUp]
    public void MakePath() => _path = Path.Combine(Directory.CreateTempSubdirectory("mel-safetensors-").FullName, "a.safetensors");

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Test]
    public void WriteThenRead_EveryType_GivesEqualTensorsAndAlignedHeader()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["float"] = randn(3, 5),
            ["narrow"] = randn(7).to_type(ScalarType.BFloat16),
            ["half"] = randn(2, 1, 2).to_type(ScalarType.Float16),
            ["long"] = arange(4, dtype: ScalarType.Int64),
            ["flag"] = tensor(new[] { true, false }),
            ["scalar"] = tensor(2.5),
            ["empty"] = zeros(0, 4),
            ["turned"] = randn(4, 3).t(),
        };
        SafetensorsWriter.Write(_path, tensors);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        file.Metadata.Should().Contain("format", "pt");
        (BinaryPrimitives.ReadUInt64LittleEndian(File.ReadAllBytes(_path)) % 8).Should().Be(0);
        foreach (var (name, tensor) in tensors)
        {
            file.Entries[name].DataType.Should().Be(tensor.dtype);
            file.Read(name).eq(tensor).all().item<bool>().Should().BeTrue(name);
        }

        Directory.GetFiles(Path.GetDirectoryName(_path)!).Should().ContainSingle();
    }

    [Test]
    public void ReadInto_OtherType_ConvertsAndKeepsStorage()
    {
        using var scope = NewDisposeScope();
        Tensor source = randn(1 << 11, 600).to_type(ScalarType.BFloat16);        // more than one chunk
        SafetensorsWriter.Write(_path, [KeyValuePair.Create("a", source)]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        Tensor target = zeros(1 << 11, 600), alias = target.view(-1);
        file.ReadInto("a", target);
        alias.eq(source.to_type(ScalarType.Float32).view(-1)).all().item<bool>().Should().BeTrue();
        file.Invoking(f => f.ReadInto("a", zeros(600, 1 << 11))).Should().Throw<ShapeMismatchException>().WithMessage("*a.safetensors*'a'*[2048, 600]*[600, 2048]*");
        file.Invoking(f => f.Read("b")).Should().Throw<CheckpointException>().WithMessage("*'b'*no such tensor*");
    }

    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "*'a'*[0, 8]*7*truncated*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "*4 bytes at the end*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "*'a'*4 bytes before it*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "*'a'*begin <= end*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}""", 8, "*'a'*data_offsets holds -4*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "*'b'*overlap*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "*'a'*twice*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "*'a'*8 bytes*[3]*needs 12*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "*'a'*more bytes than a file can hold*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}""", 8, "*'a'*needs 399999999996*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "*'a'*shape holds -2*")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "*'a'*shape holds 1.5*")]
    [TestCase("""{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", 8, "*'a'*'Q4'*BF16*")]
    [TestCase("""{"a":{"shape":[2]}}""", 8, "*'a'*'dtype', 'shape' and 'data_offsets'*")]
    [TestCase("""{"a":7}""", 8, "*'a'*")]
    [TestCase("""{"__metadata__":{"a":1}}""", 0, "*__metadata__*string*")]
    [TestCase("[1]", 0, "*Array*object*")]
    [TestCase("{", 0, "*no JSON*")]
    public void Open_Header_IsValidated(string header, int dataBytes, string? message)
    {
        WriteRaw((ulong)Encoding.UTF8.GetByteCount(header), header, dataBytes);
        Action open = () => SafetensorsFile.Open(_path).Dispose();
        if (message is null) open.Should().NotThrow();
        else open.Should().Throw<CheckpointException>().WithMessage("*a.safetensors" + message).Which.File.Should().Be(_path);
    }

    [TestCase(101_000_000UL)]
    [TestCase(ulong.MaxValue)]
    [TestCase(40UL)]
    public void Open_HeaderLengthBeyondFileOrBound_IsRefusedWithoutAllocation(ulong claimed)
    {
        WriteRaw(claimed, "{}", 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage($"*claims {claimed} bytes*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(10_000_000);
    }

    [TestCase("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "*unpaired surrogate*")]
    [TestCase("""{"a":{"dtype":"\udc00x","shape":[1],"data_offsets":[0,1]}}""", 1, "*'a'*unpaired surrogate*")]
    [TestCase("""{"a":{"\ud800":0,"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "*'a'*unpaired surrogate*")]
    [TestCase("""{"__metadata__":{"\ud800":"pt"}}""", 0, "*unpaired surrogate*")]
    [TestCase("""{"__metadata__":{"format":"\ud800"}}""", 0, "*unpaired surrogate*")]
    [TestCase("""{"__metadata__":[]}""", 0, "*__metadata__*array*object of strings*")]
    [TestCase("""{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 1, "*'a'*'dtype' twice*")]
    [TestCase("""{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}""", 1, "*'a'*array of at most 64 whole numbers*")]
    [TestCase("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"b":{"c":[[[[[[[1]]]]]]]}}}""", 1, "*no JSON*")]
    [TestCase("""{} {}""", 0, "*no JSON*")]
    public void Open_HostileHeader_IsTypedError(string header, int dataBytes, string message)
    {
        WriteRaw((ulong)Encoding.UTF8.GetByteCount(header), header, dataBytes);
        FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage(message);
    }

    [Test]
    public void Open_NamesThatAreNoUtf8_IsTypedError()
    {
        byte[] header = [.. "{\""u8, 0xFF, .. "\""u8, .. """:{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"""u8];
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)header.Length), .. header, 0]);
        FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage("*UTF-8*");
    }

    [Test]
    public void Open_MoreEntriesThanAnyFile_IsRefusedInLittleMemory()
    {
        string[] headers =
        [
            "{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"{i}\":\"\"")) + "}}",
            "{" + string.Join(',', Enumerable.Range(0, 140_000).Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")) + "}",
        ];
        foreach (string header in headers)
        {
            WriteRaw((ulong)header.Length, header, 0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage("*more than*the most that are read*");
            (GC.GetAllocatedBytesForCurrentThread() - before - header.Length).Should().BeLessThan(64_000_000);
        }
    }

    [Test]
    public void Open_EndlessTypeOrNumber_GivesAShortMessage()
    {
        foreach (string header in (string[])[
            $"{{\"a\":{{\"dtype\":\"{new string('F', 1_000_000)}\",\"shape\":[1],\"data_offsets\":[0,1]}}}}",
            $"{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{new string('1', 1_000_000)}],\"data_offsets\":[0,1]}}}}",
            $"{{\"{new string('n', 1_000_000)}\":1}}", $"{{\"a\":t{new string('n', 1_000_000)}}}", $"{{\"__metadata__\":{{\"{new string('n', 1_000_000)}\":1}}}}"])
        {
            WriteRaw((ulong)header.Length, header, 1);
            FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().Which.ToString().Length.Should().BeLessThan(3000);
        }
    }

    [TestCaseSource(typeof(SpecialFiles), nameof(SpecialFiles.Kinds)), CancelAfter(20_000)]
    public void Open_NoRegularFile_IsTypedErrorAtOnce(string kind)
    {
        SpecialFiles.Make(kind, _path);
        FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage("*give a regular file*");
    }

    [Test]
    public void RequireShape_SaysWhatTheHeaderSays()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_path, [KeyValuePair.Create("a", zeros(2, 3))]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        file.RequireShape("a", [2, 3]);
        file.Invoking(f => f.RequireShape("a", [3, 2])).Should().Throw<ShapeMismatchException>().WithMessage("*'a'*[2, 3]*[3, 2]*");
        file.Invoking(f => f.RequireShape("b", [1])).Should().Throw<CheckpointException>().WithMessage("*'b'*no such tensor*");
    }

    [Test]
    public void Open_MissingOrTinyFile_IsTypedError()
    {
        FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage("*does not exist*");
        File.WriteAllBytes(_path, [1, 2, 3]);
        FluentActions.Invoking(() => SafetensorsFile.Open(_path)).Should().Throw<CheckpointException>().WithMessage("*3 bytes*at least 8*");
    }

    [Test]
    public void Write_Failure_LeavesTheOldFileAndNoTemporary()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_path, [KeyValuePair.Create("a", ones(2))]);
        byte[] before = File.ReadAllBytes(_path);
        FluentActions.Invoking(() => SafetensorsWriter.Write(_path, [KeyValuePair.Create("a", ones(2)), KeyValuePair.Create("a", ones(2))])).Should().Throw<ArgumentException>().WithMessage("*'a' occurs twice*");
        FluentActions.Invoking(() => AtomicFile.Write(_path, _ => throw new InvalidOperationException("disk"))).Should().Throw<InvalidOperationException>();
        File.ReadAllBytes(_path).Should().Equal(before);
        Directory.GetFiles(Path.GetDirectoryName(_path)!).Should().ContainSingle();
    }

    private void WriteRaw(ulong length, string header, int dataBytes)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, length);
        File.WriteAllBytes(_path, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);
    }
}
