using System.Numerics;

namespace Mel.Verifiers.Numbers;

/// <summary>
/// Arithmetic modulo a prime p = k 2^e + 1. Two rational expressions that differ modulo p at some point are different; expressions that agree modulo two
/// such primes at random points are equal but for a chance below degree / p per point (Schwartz-Zippel).
/// </summary>
/// <remarks>p - 1 is divisible by 4, so -1 has a square root and complex rational expressions map to the field as well.</remarks>
internal sealed class PrimeField
{
    /// <summary>29 * 2^57 + 1, generator 3.</summary>
    public static readonly PrimeField First = new(4179340454199820289, 3);

    /// <summary>27 * 2^56 + 1, generator 5.</summary>
    public static readonly PrimeField Second = new(1945555039024054273, 5);

    private PrimeField(ulong modulus, ulong generator)
    {
        Modulus = modulus;
        ImaginaryUnit = Power(generator, (modulus - 1) / 4, modulus);
        Totients = TotientChain(modulus - 1);
    }

    public ulong Modulus { get; }

    /// <summary>A square root of -1.</summary>
    public ulong ImaginaryUnit { get; }

    /// <summary>p - 1, phi(p - 1), phi(phi(p - 1)), ... down to 1: the moduli of the exponents in a tower of powers.</summary>
    public IReadOnlyList<ulong> Totients { get; }

    public static ulong Multiply(ulong a, ulong b, ulong modulus) => (ulong)((UInt128)a * b % modulus);

    public static ulong Power(ulong value, ulong exponent, ulong modulus)
    {
        ulong result = 1 % modulus;
        for (value %= modulus; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) == 1) result = Multiply(result, value, modulus);
            value = Multiply(value, value, modulus);
        }
        return result;
    }

    public ulong Add(ulong a, ulong b)
    {
        ulong sum = a + b;
        return sum >= Modulus ? sum - Modulus : sum;
    }

    public ulong Negate(ulong a) => a == 0 ? 0 : Modulus - a;

    public ulong Multiply(ulong a, ulong b) => Multiply(a, b, Modulus);

    /// <summary>The reciprocal of a number that is not zero.</summary>
    public ulong Inverse(ulong a) => Power(a, Modulus - 2, Modulus);

    public ulong Reduce(BigInteger value) => Reduce(value, Modulus);

    public static ulong Reduce(BigInteger value, ulong modulus)
    {
        BigInteger rest = BigInteger.Remainder(value, modulus);
        return rest.Sign < 0 ? (ulong)(rest + modulus) : (ulong)rest;
    }

    // Every modulus of the chain is an odd number below 64 times a power of two, so trial division ends at once.
    private static List<ulong> TotientChain(ulong start)
    {
        List<ulong> chain = [start];
        while (chain[^1] > 1)
        {
            ulong n = chain[^1], totient = n;
            for (ulong prime = 2; prime * prime <= n; prime++)
            {
                if (n % prime != 0) continue;
                totient -= totient / prime;
                while (n % prime == 0) n /= prime;
            }
            if (n > 1) totient -= totient / n;
            chain.Add(totient);
        }
        return chain;
    }
}
