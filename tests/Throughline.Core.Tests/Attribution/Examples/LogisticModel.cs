namespace Throughline.Core.Tests.Attribution.Examples;

/// <summary>
/// Weighted logistic regression with a ridge, by Newton's method (iteratively reweighted least squares: McCullagh and Nelder, Generalized
/// Linear Models, 1989): enough to see whether examples can be learned from.
/// </summary>
internal sealed class LogisticModel
{
    private readonly double[] means;
    private readonly double[] scales;
    private readonly double[] weights; // the intercept is the last

    public LogisticModel(IReadOnlyList<(double[] X, int Y, double W)> rows, double ridge = 20)
    {
        int n = rows[0].X.Length;
        (means, scales) = (new double[n], new double[n]);
        double total = rows.Sum(row => row.W);
        for (int j = 0; j < n; j++)
        {
            means[j] = rows.Sum(row => row.W * row.X[j]) / total;
            double variance = rows.Sum(row => row.W * Math.Pow(row.X[j] - means[j], 2)) / total;
            scales[j] = variance > 1e-12 ? 1 / Math.Sqrt(variance) : 0;
        }
        double[][] x = [.. rows.Select(row => Scaled(row.X))];
        weights = new double[n + 1];
        for (int round = 0; round < 12; round++)
        {
            double[,] hessian = new double[n + 1, n + 1];
            double[] gradient = new double[n + 1];
            for (int i = 0; i < x.Length; i++)
            {
                double p = Sigmoid(Dot(x[i]));
                double error = rows[i].W * (rows[i].Y - p);
                double curve = rows[i].W * p * (1 - p);
                for (int j = 0; j <= n; j++)
                {
                    gradient[j] += error * x[i][j];
                    double part = curve * x[i][j];
                    for (int k = 0; k <= j; k++)
                        hessian[j, k] += part * x[i][k];
                }
            }
            for (int j = 0; j < n; j++)
            {
                gradient[j] -= ridge * weights[j];
                hessian[j, j] += ridge;
            }
            hessian[n, n] += 1e-9;
            double[] step = Solve(hessian, gradient);
            for (int j = 0; j <= n; j++)
                weights[j] += step[j];
        }
    }

    /// <summary>The probability of label 1.</summary>
    public double Predict(double[] x) => Sigmoid(Dot(Scaled(x)));

    /// <summary>Mean of -ln of the probability that was given to what happened.</summary>
    public static double LogLoss(IEnumerable<(double P, int Y, double W)> told)
    {
        (double sum, double weight) = (0, 0);
        foreach ((double p, int y, double w) in told)
        {
            sum -= w * Math.Log(Math.Clamp(y == 1 ? p : 1 - p, 1e-12, 1));
            weight += w;
        }
        return sum / weight;
    }

    /// <summary>Probability that a positive is told a greater one than a negative, ties half: area under the ROC curve.</summary>
    public static double Auc(IEnumerable<(double P, int Y, double W)> told)
    {
        (double below, double area) = (0, 0);
        (double positives, double negatives) = (0, 0);
        foreach (var ties in told.GroupBy(x => x.P).OrderBy(x => x.Key))
        {
            double up = ties.Where(x => x.Y == 1).Sum(x => x.W);
            double down = ties.Where(x => x.Y == 0).Sum(x => x.W);
            area += up * (below + down / 2);
            below += down;
            (positives, negatives) = (positives + up, negatives + down);
        }
        return area / (positives * negatives);
    }

    private double[] Scaled(double[] x) => [.. x.Select((value, j) => (value - means[j]) * scales[j]), 1];

    private double Dot(double[] x)
    {
        double sum = 0;
        for (int j = 0; j < x.Length; j++)
            sum += weights[j] * x[j];
        return sum;
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    // Cholesky: the matrix is symmetric and positive; its lower half is given.
    private static double[] Solve(double[,] a, double[] b)
    {
        int n = b.Length;
        double[] x = [.. b];
        for (int j = 0; j < n; j++)
        for (int i = j; i < n; i++)
        {
            double sum = a[i, j];
            for (int k = 0; k < j; k++)
                sum -= a[i, k] * a[j, k];
            a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
        }
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
                x[i] -= a[i, k] * x[k];
            x[i] /= a[i, i];
        }
        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
                x[i] -= a[k, i] * x[k];
            x[i] /= a[i, i];
        }
        return x;
    }
}
