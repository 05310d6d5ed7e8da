using Mel.Training;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a training run in a container.</summary>
public static class MelServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="Trainer"/> and everything it is composed of. What the application registered before wins.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Chooses policy, verifier, algorithm and decorators.</param>
    /// <exception cref="InvalidOperationException">The choices contradict each other; the message says how.</exception>
    public static IServiceCollection AddMel(this IServiceCollection services, Action<MelBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TrainerOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TrainerOptions>, TrainerOptionsValidator>());
        MelBuilder builder = new(services);
        configure(builder);
        builder.Complete();
        return services;
    }
}
