using Microsoft.Extensions.Options;

namespace Mel.Diagnostics;

/// <summary>Runs in a constructor the very validator that a container runs at start, so that options are checked the same with and without one.</summary>
internal static class OptionsGuard
{
    /// <summary>Gives the options back when they are valid.</summary>
    /// <exception cref="OptionsValidationException">Lists every violation.</exception>
    public static TOptions Validated<TOptions>(TOptions options, IValidateOptions<TOptions> validator)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        ValidateOptionsResult result = validator.Validate(Options.DefaultName, options);
        return result.Failed ? throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), result.Failures) : options;
    }
}
