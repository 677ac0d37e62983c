namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>What the reports of one source may tell, in bits: the capacity of a channel that sometimes makes its answer up.</summary>
internal static class AraCapacity
{
    /// <summary>Of a channel with k symbols that errs to each other one alike.</summary>
    public static double Of(AraSource source) => Of(source.States, Error(source.States, source.EpsilonMax));

    /// <summary>With scopes each but the source's own may stand for as many states as the reporter says.</summary>
    public static double OfScopes(AraSource source, AraScopes scopes)
    {
        double states = source.States;
        double others = scopes.Limit - 1;
        double right =
            (1 - Error(states, source.EpsilonMax))
            * Math.Pow(1 - Error(scopes.MaxEventStates, source.EpsilonMax), others);
        return Of(states + (scopes.MaxEventStates * others), 1 - right);
    }

    private static double Error(double states, double epsilon) =>
        states <= 1 ? 0 : states / (states + Math.Exp(epsilon) - 1) * (states - 1) / states;

    private static double Of(double states, double error)
    {
        if (states <= 1)
            return 0;
        double entropy = error is <= 0 or >= 1 ? 0 : -(error * Math.Log2(error)) - ((1 - error) * Math.Log2(1 - error));
        return Math.Log2(states) - entropy - (error * Math.Log2(states - 1));
    }
}
