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
        if (services.Any(s => s.ServiceType == typeof(Composed)))
            throw new InvalidOperationException(
                $"{nameof(AddMel)} was called twice; a container holds one run. Join the two calls, or give each run a container of its own.");
        services.AddSingleton<Composed>();
        services.AddOptions<TrainerOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TrainerOptions>, TrainerOptionsValidator>());
        MelBuilder builder = new(services);
        configure(builder);
        builder.Complete();
        return services;
    }

    /// <summary>Marks a container that holds a run already.</summary>
    private sealed class Composed;
}
