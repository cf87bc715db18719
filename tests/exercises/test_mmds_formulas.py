"""Section 13.2: the right answers that people write, and what the wrong ones are told."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.exercises.mmds import formulas

RIGHT = {
    "sigmoid_derivative": [
        ["e^-x/(1+e^-x)^2", "1/(1+e^-x) * e^-x/(1+e^-x)", "y(1-y)"],
        ["dy/dx", "e^{-x}/(1+e^{-x})^2", "y(1-y)"],
        ["dy/dx = e^-x/(1+e^-x)^2 = y*(e^-x/(1+e^-x)) = y(1-y)"],
        "dy/dx = e^-x/(1+e^-x)^2 = y*(e^-x/(1+e^-x)) = y(1-y)",
        ["y = 1/(1+e^-x)", "dy/dx = -(1+e^-x)^-2 * (-e^-x)", "= y^2 e^-x", "= y^2(1/y - 1)", "= y - y^2"],
        [
            "\\frac{dy}{dx}",
            "\\frac{e^{-x}}{(1+e^{-x})^2}",
            "\\frac{1}{1+e^{-x}} \\cdot \\frac{e^{-x}}{1+e^{-x}}",
            "y\\left(1-y\\right)",
        ],
        ["np.exp(-x)/(1+np.exp(-x))**2", "y*np.exp(-x)/(1+np.exp(-x))", "y*(1-y)"],
        ["d/dx (1+e^-x)^-1", "-(1+e^-x)^-2 * d/dx(1+e^-x)", "(1+e^-x)^-2 e^-x", "y(1-y)"],
        ["u = 1+e^-x", "-u^-2 * (-e^-x)", "(u-1)/u^2", "1/u * (u-1)/u", "y(1-1/u)", "y(1-y)"],
        ["σ'(x)", "e⁻ˣ/(1+e⁻ˣ)²", "σ(x)·(1−σ(x))", "y·(1−y)"],
        ["y'", "(e^-x)/(1+e^-x)^2", "(1/(1+e^-x))(1 - 1/(1+e^-x))", "y(1-y)"],
        ["e^-x/(1+e^-x)^2", "1/(1+e^-x) e^-x/(1+e^-x)", "1/(1+e^-x)(1-1/(1+e^-x))", "y - y²"],
        ["e^-x/(1+e^-x)(1+e^-x)", "1/(1+e^-x)(1-1/(1+e^-x))", "(1-y)y"],
        ["exp(-x)/(1+exp(-x))^2", "sigmoid(x)*(1-sigmoid(x))", "sigma(x)(1-sigma(x))", "y*(1-y)"],
        ["y(x)*(1-y(x))", "e^-x/(1+e^-x)^2", "dy/dx"],
        ["((1+e^-x)*0 - 1*(-e^-x))/(1+e^-x)^2", "e^-x/(1+e^-x)^2", "y*(1-y)"],
        ["e^x/(1+e^x)^2", "e^x/(1+e^x) * 1/(1+e^x)", "y*(1-y)"],
        ["exp(-x) / [1+exp(-x)]^2", "[1/(1+exp(-x))] [exp(-x)/(1+exp(-x))]", "y [1-y]"],
        ["d/dx 1/(1+e^-x)", "e^-x/(1+e^-x)^2", "y(1-y)"],
        ["e^-x/(1+e^-x)^2 = [(1+e^-x)-1]/(1+e^-x)^2 = 1/(1+e^-x) - 1/(1+e^-x)^2 = y - y^2 = y(1-y)"],
        ["dydx = exp(-x)/(1+exp(-x))^2", "y**2*exp(-x)", "y*(1-y)"],
        ["\\sigma'(x)", "\\dfrac{e^{-x}}{\\left(1+e^{-x}\\right)^{2}}", "\\sigma(x)(1-\\sigma(x))"],
        ["dy/dx = d/dx(1/(1+e^-x))\n= e^-x/(1+e^-x)^2\n= y(1-y)"],
        ["e^(-x)*(1+e^(-x))^(-2)", "y^2 * e^(-x)", "y^2*(1-y)/y", "y(1-y)"],
        ["math.exp(-x)/(1+math.exp(-x))**2", "y*(1 - 1/(1+math.exp(-x)))", "y-y*y"],
    ],
    "tanh_derivative": [
        ["dy/dx", "((e^x+e^-x)(e^x+e^-x) - (e^x-e^-x)(e^x-e^-x))/(e^x+e^-x)^2", "1-y^2"],
        [
            "\\frac{(e^x+e^{-x})^2-(e^x-e^{-x})^2}{(e^x+e^{-x})^2}",
            "1-\\left(\\frac{e^x-e^{-x}}{e^x+e^{-x}}\\right)^2",
            "1-y^2",
        ],
        ["sech^2(x)", "(cosh^2 x - sinh^2 x)/cosh^2 x", "1 - tanh^2 x"],
        ["sech^2 x = 1/cosh(x)^2 = (cosh(x)^2-sinh(x)^2)/cosh(x)^2 = 1 - (sinh(x)/cosh(x))^2 = 1-y^2"],
        ["y'", "(e^x+e^-x)^2/(e^x+e^-x)^2 - (e^x-e^-x)^2/(e^x+e^-x)^2", "1-y**2"],
        ["d/dx (e^x-e^-x)/(e^x+e^-x)", "4/(e^x+e^-x)^2", "1-y²"],
        ["a=e^x+e^-x", "b=e^x-e^-x", "y = b/a", "dy/dx = (a*a-b*b)/a^2", "=1-b²/a²", "=1-y²"],
        ["u = e^x - e^-x", "v = e^x + e^-x", "(u'v - uv')/v^2", "(v*v-u*u)/v^2", "1-(u/v)^2", "1-y^2"],
        ["d/dx(2σ(2x)-1)", "2*2*σ(2x)*(1-σ(2x))", "4*(y+1)/2*(1-(y+1)/2)", "(1+y)*(1-y)", "1-y^2"],
        [
            ""
            ""
            ""
            "(np.exp(x)+np.exp(-x))**2/(np.exp(x)+np.exp(-x))**2-(np.exp(x)-np.exp(-x))**2/(np.exp(x)+np.exp(-x))**2",
            "1-np.tanh(x)**2",
            "1-y**2",
        ],
        ["tanh'(x)", "(e^(2x)+2+e^(-2x)-e^(2x)+2-e^(-2x))/(e^x+e^-x)^2", "1-y^2"],
        ["4e^2x/(e^2x+1)^2", "((e^2x+1)^2-(e^2x-1)^2)/(e^2x+1)^2", "1-((e^2x-1)/(e^2x+1))^2", "1-y^2"],
    ],
    "tanh_as_sigmoid": [
        ["tanh(x)", "(1-e^-2x)/(1+e^-2x)", "2/(1+e^-2x)-1", "2σ(2x)-1"],
        ["2σ(2x)-1", "2/(1+e^{-2x})-1", "(1-e^{-2x})/(1+e^{-2x})", "tanh(x)"],
        "2σ(2x)-1 = 2/(1+e^{-2x})-1 = (2-1-e^{-2x})/(1+e^{-2x}) = (e^x-e^{-x})/(e^x+e^{-x}) = tanh x",
        ["tanh x", "(e^x-e^-x)/(e^x+e^-x)", "(e^2x-1)/(e^2x+1)", "1 - 2/(e^2x+1)", "2σ(2x)-1"],
        ["tanh(x) = (e^x - e^-x)/(e^x + e^-x)", "= (1-e^(-2x))/(1+e^(-2x))", "= 2 sigma(2x) - 1"],
        ["(exp(x)-exp(-x))/(exp(x)+exp(-x))", "(exp(2*x)-1)/(exp(2*x)+1)", "2*sigmoid(2*x)-1"],
        [
            "sinh(x)/cosh(x)",
            "(e^x-e^-x)/(e^x+e^-x)",
            "(2e^x - (e^x+e^-x))/(e^x+e^-x)",
            "2e^x/(e^x+e^-x) - 1",
            "2/(1+e^-2x) - 1",
        ],
        ["\\tanh(x)", "\\frac{e^x-e^{-x}}{e^x+e^{-x}}", "\\frac{1-e^{-2x}}{1+e^{-2x}}", "2\\sigma(2x)-1"],
        ["a = e^-2x", "tanh(x)", "(1-a)/(1+a)", "(2-(1+a))/(1+a)", "2/(1+a)-1", "2*sigma(2*x)-1"],
        ["tanh(x)", "(e^x−e^−x)/(e^x+e^−x)", "2·1/(1+e^(−2x))−1", "2·σ(2·x)−1"],
        ["2/(1+e^-2x)-1", "(1-e^-2x)/(1+e^-2x)", "(e^x-e^-x)/(e^x+e^-x)"],
    ],
    "mirrored_sigmoid": [
        ["σ(x)", "1/(1+e^-x)", "e^x/(1+e^x)", "1-1/(1+e^x)", "1-σ(-x)"],
        ["1-σ(-x)", "1-1/(1+e^(x))", "e^x/(1+e^x)", "1/(1+e^-x)", "σ(x)"],
        ["1 - sigma(-x) = 1 - 1/(1+e^{-(-x)}) = (1+e^x-1)/(1+e^x) = e^x/(1+e^x) = sigma(x)"],
        ["1/(1+exp(-x))", "(1+exp(-x)-exp(-x))/(1+exp(-x))", "1-exp(-x)/(1+exp(-x))", "1-1/(exp(x)+1)"],
        ["σ(-x) = 1/(1+e^x)", "1-σ(-x)", "1-1/(1+e^x)", "e^x/(1+e^x)", "σ(x)"],
        ["σ(-x) = 1/(1+e^x) = e^-x/(1+e^-x)", "σ(x) = 1/(1+e^-x) = 1 - e^-x/(1+e^-x) = 1-σ(-x)"],
        ["sigma(x)", "1 - e^-x/(1+e^-x)", "1 - sigma(-x)"],
        ["\\sigma(x)", "\\frac{e^x}{e^x+1}", "1-\\frac{1}{1+e^{x}}", "1-\\sigma(-x)"],
        ["logistic(x)", "1/(1+e^-x)", "1-1/(1+e^x)", "1-logistic(-x)"],
    ],
    "softmax_total": [
        [
            "mu(v1)+mu(v2)+mu(v3)",
            "e^v1/(e^v1+e^v2+e^v3)+e^v2/(e^v1+e^v2+e^v3)+e^v3/(e^v1+e^v2+e^v3)",
            "(e^v1+e^v2+e^v3)/(e^v1+e^v2+e^v3)",
            "1",
        ],
        ["μ(v₁)+μ(v₂)+μ(v₃)", "e^{v_1}/D+e^{v_2}/D+e^{v_3}/D", "(e^{v_1}+e^{v_2}+e^{v_3})/D", "1"],
        ["mu1+mu2+mu3", "(e^v1+e^v2+e^v3)/(e^v1+e^v2+e^v3)", "1"],
        ["softmax(v1)+softmax(v2)+softmax(v3)", "(exp(v1)+exp(v2)+exp(v3))/D", "D/D", 1],
        ["D = e^v1+e^v2+e^v3", "e^v1/D+e^v2/D+e^v3/D", "(e^v1+e^v2+e^v3)/D", "1"],
        ["S = e^v1+e^v2+e^v3", "e^v1/S+e^v2/S+e^v3/S", "(e^v1+e^v2+e^v3)/S", "S/S", "1"],
        ["sum_i mu(v_i)", "sum_i e^(v_i)/sum_j e^(v_j)", "1/(sum_j e^(v_j)) * sum_i e^(v_i)", "1"],
        ["Σ_i e^{v_i}/Σ_j e^{v_j}", "(Σ_i e^{v_i})/(Σ_j e^{v_j})", "1"],
        [
            "\\sum_{i=1}^{3}\\mu(v_i)",
            "\\sum_{i=1}^3 \\frac{e^{v_i}}{\\sum_{j=1}^3 e^{v_j}}",
            "\\frac{\\sum_{i} e^{v_i}}{\\sum_{j} e^{v_j}}",
            "1",
        ],
        ["1", "D/D", "(e^v1+e^v2+e^v3)/D", "e^v1/D+e^v2/D+e^v3/D", "mu(v1)+mu(v2)+mu(v3)"],
        "mu(v1)+mu(v2)+mu(v3) = (e^v1+e^v2+e^v3)/(e^v1+e^v2+e^v3) = 1",
        ["mu_1 + mu_2 + mu_3", "1/D*e^v1+1/D*e^v2+1/D*e^v3", "1/D*(e^v1+e^v2+e^v3)", "1/D*D", "1"],
        [
            "np.exp(v1)/(np.exp(v1)+np.exp(v2)+np.exp(v3)) + np.exp(v2)/(np.exp(v1)+np.exp(v2)+np.exp(v3)) + "
            "np.exp(v3)/(np.exp(v1)+np.exp(v2)+np.exp(v3))",
            "D/D",
            "1.0",
        ],
    ],
    "net_outputs": [
        [0.731, 0.881, 0.29, 0.188, 0.522],
        "0.731, 0.881, 0.290, 0.188, 0.522",
        {"z": [0.7311, 0.8808], "q": [0.2895, 0.1881, 0.5224]},
        [[0.7311, 0.8808], [0.2895, 0.1881, 0.5224]],
        ((0.7311, 0.8808), (0.2895, 0.1881, 0.5224)),
        np.array(
            [
                0.7311000227928162,
                0.8808000087738037,
                0.28949999809265137,
                0.18809999525547028,
                0.5224000215530396,
            ],
            dtype=np.float32,
        ),
        {"q1": 0.28954, "q2": 0.18805, "q3": 0.5224, "z1": 0.73106, "z2": 0.8808},
        "z1=0.7311, z2=0.8808; q1=0.2895, q2=0.1881, q3=0.5224",
        ["0.7311", "0.8808", "0.2895", "0.1881", "0.5224"],
        ["1/(1+exp(-1))", "1/(1+e^-2)", 0.28954, 0.18805, 0.5224],
        [np.array([0.7311, 0.8808]), np.array([0.2895, 0.1881, 0.5224])],
        "[0.7311 0.8808 0.2895 0.1881 0.5224]",
        np.array([[0.7311, 0.8808, 0.2895, 0.1881, 0.5224]]),
        [np.float64(0.7311), 0.8808, 0.2895, 0.1881, 0.5224],
        "0.7311 0.8808 0.2895 0.1881 0.5224",
        np.array([[0.7311], [0.8808], [0.2895], [0.1881], [0.5224]]),
    ],
    "net_formula": [
        "e^(u11/(1+e^-(w11x1+w12x2)) + u12/(1+e^-(w22x2+w23x3)))/(e^(u11/(1+e^-(w11x1+w12x2)) + "
        "u12/(1+e^-(w22x2+w23x3))) + e^(u21/(1+e^-(w11x1+w12x2)) + u22/(1+e^-(w22x2+w23x3))) + "
        "e^(u31/(1+e^-(w11x1+w12x2)) + u32/(1+e^-(w22x2+w23x3))))",
        "z1 = sigma(w11*x1 + w12*x2)\nz2 = sigma(w22*x2 + w23*x3)\nq1 = "
        "exp(u11*z1+u12*z2)/(exp(u11*z1+u12*z2)+exp(u21*z1+u22*z2)+exp(u31*z1+u32*z2))",
        [
            "z1 = sigma(w11*x1 + w12*x2)",
            "z2 = sigma(w22*x2 + w23*x3)",
            "q1 = exp(u11*z1+u12*z2)/(exp(u11*z1+u12*z2)+exp(u21*z1+u22*z2)+exp(u31*z1+u32*z2))",
        ],
        "z_1 = \\sigma(w_{11}x_1 + w_{12}x_2); z_2 = \\sigma(w_{22}x_2+w_{23}x_3); q_1 = "
        ""
        ""
        "\\frac{e^{u_{11}z_1+u_{12}z_2}}{e^{u_{11}z_1+u_{12}z_2}+e^{u_{21}z_1+u_{22}z_2}+e^{u_{31}z_1+u_{32}z_2}}",
        "z1 = σ(w11 x1 + w12 x2); z2 = σ(w22 x2 + w23 x3); q1 = e^(u11 z1 + u12 z2)/sum_i e^(u_i1 z1 + u_i2 "
        "z2)",
        "z1 = σ(w₁₁x₁ + w₁₂x₂); z2 = σ(w₂₂x₂ + w₂₃x₃); 1/(1 + e^((u₂₁−u₁₁)z1 + (u₂₂−u₁₂)z2) + e^((u₃₁−u₁₁)z1 "
        "+ (u₃₂−u₁₂)z2))",
        "a = w11*x1+w12*x2; b = w22*x2+w23*x3; z1 = 1/(1+e^(-a)); z2 = 1/(1+e^(-b)); o1 = u11*z1+u12*z2; "
        "o2=u21*z1+u22*z2; o3=u31*z1+u32*z2; exp(o1)/(exp(o1)+exp(o2)+exp(o3))",
        "h1 = sigmoid(w11*x1+w12*x2); h2 = sigmoid(w22*x2+w23*x3); y1 = u11*h1+u12*h2; y2=u21*h1+u22*h2; "
        "y3=u31*h1+u32*h2; e^y1/(e^y1+e^y2+e^y3)",
        "q1(x) = "
        ""
        ""
        "exp(u11*sigma(w11*x1+w12*x2)+u12*sigma(w22*x2+w23*x3))/(exp(u11*sigma(w11*x1+w12*x2)+u12*sigma(w22*x2+w23*x3))+exp(u21*sigma(w11*x1+w12*x2)+u22*sigma(w22*x2+w23*x3))+exp(u31*sigma(w11*x1+w12*x2)+u32*sigma(w22*x2+w23*x3)))",
        "z1 = 1/(1+np.exp(-(w11*x1+w12*x2)))\nz2 = 1/(1+np.exp(-(w22*x2+w23*x3)))\nS = np.exp(u11*z1+u12*z2) "
        "+ \\\n   np.exp(u21*z1+u22*z2) + \\\n   np.exp(u31*z1+u32*z2)\nq1 = np.exp(u11*z1+u12*z2)/S",
        "exp(u11*z1+u12*z2)/(exp(u11*z1+u12*z2)+exp(u21*z1+u22*z2)+exp(u31*z1+u32*z2)) with z1 = "
        "sigma(w11*x1+w12*x2), z2 = sigma(w22*x2+w23*x3)",
        {
            "z1": "sigma(w11*x1+w12*x2)",
            "z2": "sigma(w22*x2+w23*x3)",
            "q1": "exp(u11*z1+u12*z2)/(exp(u11*z1+u12*z2)+exp(u21*z1+u22*z2)+exp(u31*z1+u32*z2))",
        },
    ],
    "net_slope": [
        "q1*(u11 - q1*u11 - q2*u21 - q3*u31)*z1*(1-z1)*x1",
        "q1 (u11 - Σ_i q_i u_i1) z1 (1-z1) x1",
        "q1[u11 - (q1u11 + q2u21 + q3u31)]z1(1-z1)x1",
        "q1 [u11 - (q1u11 + q2u21 + q3u31)] z1(1-z1)x1",
        "\\frac{\\partial q_1}{\\partial w_{11}} = q_1\\left(u_{11}-\\sum_i q_i u_{i1}\\right) z_1(1-z_1)x_1",
        "dq1/dw11 = q1*(1-q1)*u11*z1*(1-z1)*x1 - q1*q2*u21*z1*(1-z1)*x1 - q1*q3*u31*z1*(1-z1)*x1",
        "x1*z1*(1-z1)*(q1*(1-q1)*u11 - q1*q2*u21 - q1*q3*u31)",
        "q1*((1-q1)*u11 - q2*u21 - q3*u31)*(z1-z1^2)*x1",
        "z1 = sigma(w11*x1+w12*x2); z2 = sigma(w22*x2+w23*x3); N = exp(u11*z1+u12*z2); D = N + "
        "exp(u21*z1+u22*z2)+exp(u31*z1+u32*z2); (u11*N*D - "
        "N*(u11*N+u21*exp(u21*z1+u22*z2)+u31*exp(u31*z1+u32*z2)))/D^2*z1*(1-z1)*x1",
        "ubar = q1*u11+q2*u21+q3*u31; q1*(u11-ubar)*z1*(1-z1)*x1",
        "q₁(u₁₁ − q₁u₁₁ − q₂u₂₁ − q₃u₃₁)·z₁(1−z₁)·x₁",
        "q1(u11-q1u11-q2u21-q3u31)z1(1-z1)x1",
        "a = w11 x1 + w12 x2; q1 (q2(u11-u21)+q3(u11-u31)) e^-a/(1+e^-a)^2 x1",
    ],
}

H = "z1 = sigma(w11*x1+w12*x2); z2 = sigma(w22*x2+w23*x3); "
TOP = "exp(u11*z1+u12*z2)"
ALL = f"({TOP} + exp(u21*z1+u22*z2) + exp(u31*z1+u32*z2))"

WRONG = {
    "sigmoid_derivative": [
        (["-(1+e^-x)^-2 * e^-x", "y(1-y)"], "two minus signs"),
        (["dy/dx = -(1+e^-x)^-2 = -y^2"], "derivative of 1 + exp(-x) is missing"),
        (["e^-x/(1+e^-x)^2", "y * e^-x", "y(1-y)"], "Step 2, y * e^-x, is not equal to step 1"),
        (["e^-x/(1+e^-x)^2", "y^2(1-y)", "y(1-y)"], "A factor y is too many"),
        (["e^-x/(1+e^-x)^2", "y(1-y)"], "at least 3"),
        (["y(1-y)", "y - y²", "y(1-y)"], "starts with what is to be shown"),
        (["dy/dx", "d/dx y", "y(1-y)"], "show what lies between"),
        (["ln(1+e^-x)"], "integrated"),
        (["1/(1+e^-x)"], "y itself"),
        ([0.25, 0.25], "numbers prove nothing"),
        (["u/(1+u)^2"], "'u' is not one of the variables x, y"),
    ],
    "tanh_derivative": [
        (["sech(x)^2", "1 - y", "1-y^2"], "The square is lost"),
        (["((e^x+e^-x)^2+(e^x-e^-x)^2)/(e^x+e^-x)^2"], "A plus stands where"),
        (["(e^x+e^-x)/(e^x-e^-x)"], "needs the quotient rule"),
        (["2σ(2x)(1-σ(2x))", "1-y^2"], "Half of it is missing"),
        (["1/(1+x^2)"], "arctangent"),
        (["4/(e^x+e^-x)^2", "1 - y^2/2", "1-y^2"], "Step 2, 1 - y^2/2, is not equal to step 1"),
    ],
    "tanh_as_sigmoid": [
        (["tanh(x)", "2σ(x)-1", "2σ(2x)-1"], "This is tanh(x/2)"),
        (["2σ(2x)-1", "2/(1+e^-x)^2-1", "tanh(x)"], "σ was squared"),
        (["2σ(2x)-1", "(2-1+e^-2x)/(1+e^-2x)"], "gets the minus"),
        (["tanh(x)", "2σ(2x)-1"], "at least 3"),
        (["tanh(x) = 0.7616", "2σ(2)-1 = 0.7616"], "Step 2, 0.7616, is a number"),
        (["tanh(x)", "2σ(2x)-1 + tanh(x) - tanh(x)", "2σ(2x)-1"], "exp never appears"),
        (["tanh(x)", "(e^x-e^-x)/(e^x+e^-x)", "(1-e^-2x)/(1+e^-2x)"], "Go on until 2*sigma(2*x) - 1"),
    ],
    "mirrored_sigmoid": [
        (["σ(x)", "-σ(-x)", "1-σ(-x)"], "σ is not odd"),
        (["1-σ(-x)", "1-1/(1+e^-x)", "σ(x)"], "exchanged in the exponent"),
        (["σ(x)", "1/(1+e^-x)", "1+e^x"], "1/(a + b)"),
        (["σ(x)", "1-(1-σ(x))", "1-σ(-x)"], "exp never appears"),
        (["σ(x)=1-σ(-x)"], "at least 3"),
        (["σ(x)", "...", "1/(1+e^-x)", "1-σ(-x)"], "formula 2 is still to be written"),
    ],
    "softmax_total": [
        (["mu(v1)+mu(v2)+mu(v3)", "e^v1/e^v1+e^v2/e^v2+e^v3/e^v3", "1"], "canceled to 1"),
        (["mu(v1)+mu(v2)", "1"], "only two of the three"),
        (["e^v1/(e^v1+e^v2)+e^v2/(e^v1+e^v2)", "(e^v1+e^v2)/(e^v1+e^v2)", "1"], "the first is not mu(v1)"),
        (["mu(v1)+mu(v2)+mu(v3)", "e^(v1+v2+v3)/e^(v1+v2+v3)", "1"], "the one that shows why"),
        (["mu(v1)+mu(v2)+mu(v3)", "(v1+v2+v3)/(v1+v2+v3)", "1"], "exp never appears"),
        (["mu(v1)+mu(v2)+mu(v3)", "v1+v2+v3", "1"], "These are the inputs"),
    ],
    "net_outputs": [
        ([0.7311, 0.8808, 0.6414, 0.5374, 0.7634], "not the sigmoid"),
        ([1, 2, 0.2895, 0.1881, 0.5224], "not what they put out"),
        ([0.7311, 0.8808, 0.5813, 0.1497, 1.1715], "still to come"),
        ([0.5224, 0.1881, 0.2895, 0.7311, 0.8808], "not in the order"),
        ([0.73, 0.88, 0.29, 0.19, 0.52], "more digits"),
        ([0.7311, 0.8808, 0.2895, 0.1881, 0.6], "q3 is wrong, all others are right"),
        ([0.2895, 0.1881, 0.5224], "Expected 5 numbers, got 3"),
        ([0.2689, 0.7311, 0.4519, 0.6135, 0.6535], "activations are exchanged"),
    ],
    "net_formula": [
        (H + "sigma(u11*z1+u12*z2)", "sigmoid of the top sum"),
        (H + f"{TOP}/({TOP}+exp(u21*z1+u22*z2))", "third output node is forgotten"),
        (f"z1 = sigma(w11*x1+w12*x2+w13*x3); z2 = sigma(w21*x1+w22*x2+w23*x3); {TOP}/{ALL}", "do not exist"),
        (f"z1 = sigma(w11*x1+w12*x2+w13*x3); z2 = sigma(w22*x2+w23*x3); {TOP}/{ALL}", "no w13"),
        (H + "exp(u11*z1)/(exp(u11*z1)+exp(u21*z1)+exp(u31*z1))", "does not depend on u12, u22, u32"),
        (f"{TOP}/{ALL}", "'z1' is not one of the variables"),
        (0.2895, "the same number everywhere"),
        ("x1 = 2; x1", "x1 is a variable of the exercise"),
        ("w11*x1 = 2; x1", "defines nothing"),
    ],
    "net_slope": [
        ("q1*(1-q1)*u11*z1*(1-z1)*x1", "Only the way through the top"),
        ("q1*(u11 - q1*u11 - q2*u21 - q3*u31)*x1", "hidden sigmoid is missing"),
        ("q1*(u11 - q1*u11 - q2*u21 - q3*u31)*(1-z1)*x1", "the factor z1 is missing"),
        ("q1*(u11 - q1*u11 - q2*u21 - q3*u31)*z1*(1-z1)*x1*u11", "the factor u11 is too many"),
        ("q1*(u11 - q1*u11 - q2*u21 - q3*u31)*z1*(1-z1)*x1*2", "2 times what it should be"),
        ("dq1/dw11", "carry it out"),
        ("0.123711", "the same number everywhere"),
    ],
}


@pytest.mark.parametrize(
    ("name", "number"), [(n, i) for n, table in RIGHT.items() for i in range(len(table))]
)
def test_right_answers_as_people_write_them(name, number):
    verdict = getattr(formulas, name).check(RIGHT[name][number])
    assert verdict.ok, f"{RIGHT[name][number]}: {verdict}"


@pytest.mark.parametrize(
    ("name", "number"), [(n, i) for n, table in WRONG.items() for i in range(len(table))]
)
def test_wrong_answers_are_told_what_is_wrong(name, number):
    answer, words = WRONG[name][number]
    verdict = getattr(formulas, name).check(answer)
    assert not verdict.ok
    assert words in verdict.message, f"{answer}: {verdict}"


@pytest.mark.parametrize("seed", range(5))
def test_every_student_has_a_net(seed):
    own = formulas.net_outputs.variant(seed)
    x, top, bottom, out = own.given.values()
    z = 1 / (1 + np.exp(-np.array([x[:2] @ np.array(top), x[1:] @ np.array(bottom)])))
    shares = np.exp([u[0] * z[0] + u[1] * z[1] for u in out])
    assert own.check([*z, *shares / shares.sum()]).ok


def test_sympy_expressions_are_steps():
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")
    y = 1 / (1 + sympy.exp(-x))
    assert formulas.sigmoid_derivative.check([sympy.diff(y, x), y * (1 - y), "y*(1-y)"]).ok


def test_two_variables_exchanged_are_named():
    own = formulas.net_formula
    swapped = own.reference.replace("x1", "?").replace("u32", "x1").replace("?", "u32")
    assert "with u32 and x1 exchanged it would be right" in own.check(swapped).message
