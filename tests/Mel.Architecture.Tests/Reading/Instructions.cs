using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Mel.Architecture.Tests.Reading;

/// <summary>The instructions of a method body, as far as they name something.</summary>
internal static class Instructions
{
    private const byte TwoByteMark = 0xFE;

    private static readonly Dictionary<ushort, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => (ushort)o.Value, o => o.OperandType);

    /// <summary>The types, methods, fields and signatures that instructions have as operands.</summary>
    public static IEnumerable<EntityHandle> Names(MethodBodyBlock body)
    {
        BlobReader code = body.GetILReader();
        var found = new List<EntityHandle>();
        while (code.RemainingBytes > 0)
        {
            ushort op = code.ReadByte();
            if (op == TwoByteMark) op = (ushort)((op << 8) | code.ReadByte());
            switch (Operands[op])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig:
                    found.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType other:
                    code.Offset += Size(other);
                    break;
            }
        }
        return found;
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
